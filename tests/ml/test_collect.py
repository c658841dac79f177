"""Collecting a data set: deduplication, cuts, labels."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from ml.audio.sniffing import MEDIA_TYPES
from ml.training.collect import collect
from ml.training.collecting.excerpts import Cut
from ml.training.own.label_files import read_collection
from ml.training.own.splitting import single_split
from tests.ml.collect_runs import RATE, decoded, labels, outcomes, run, song, table
from tests.ml.sound_server import SoundServer
from tests.sounds import sweep, write


def test_files_and_links_become_a_data_set_for_training(workspace: Path, server: SoundServer) -> None:
    song(workspace / "a.wav")
    link = server.serve("/b.mp3?key=1", song(workspace / "b.mp3", seed=1).read_bytes())
    report = run(workspace, f"file,mood,artist\na.wav,calm,Nina\n{link},sad;warm,\n")
    assert outcomes(report) == ["collected", "collected"]
    first, second = labels(workspace)
    for row, source in ((first, workspace / "a.wav"), (second, workspace / "b.mp3")):
        assert (workspace / "set" / row["file"]).read_bytes() == source.read_bytes()
        assert row["sha256"] == hashlib.sha256(source.read_bytes()).hexdigest() == Path(row["file"]).stem
    assert (first["artist"], first["mood"], first["duration_s"]) == ("Nina", "calm", "4")
    assert (second["source"], Path(second["file"]).suffix) == (link, ".mp3")
    result = read_collection(workspace / "set/labels.csv")
    assert [song.moods for song in result.songs] == [("calm",), ("sad", "warm")]
    assert not result.problems


def test_finished_rows_are_skipped(workspace: Path, server: SoundServer, monkeypatch: pytest.MonkeyPatch) -> None:
    song(workspace / "a.wav")
    link = server.serve("/b.mp3", song(workspace / "b.mp3", seed=1).read_bytes())
    text = f"file,mood\na.wav,calm\n{link},sad\n"
    run(workspace, text)
    before = labels(workspace)
    monkeypatch.setattr("ml.training.collecting.collector.inspect_audio", pytest.fail)
    assert outcomes(run(workspace, text)) == ["already here", "already here"]
    assert len(server.requests_made) == 1
    assert labels(workspace) == before


def test_a_changed_file_is_collected_again(workspace: Path) -> None:
    song(workspace / "a.wav")
    run(workspace, "file,mood\na.wav,calm\n")
    song(workspace / "a.wav", seed=1, duration_s=5.0)
    assert outcomes(run(workspace, "file,mood\na.wav,calm\n")) == ["collected"]
    assert labels(workspace)[0]["duration_s"] == "5"


def test_a_recording_that_was_deleted_is_fetched_again(workspace: Path) -> None:
    song(workspace / "a.wav")
    run(workspace, "file,mood\na.wav,calm\n")
    (workspace / "set" / labels(workspace)[0]["file"]).unlink()
    assert outcomes(run(workspace, "file,mood\na.wav,calm\n")) == ["collected"]
    assert (workspace / "set" / labels(workspace)[0]["file"]).exists()


def test_labels_follow_the_list_without_collecting_again(workspace: Path) -> None:
    song(workspace / "a.wav")
    run(workspace, "file,mood,genre\na.wav,calm,rock\n")
    assert outcomes(run(workspace, "file,mood,genre\na.wav,sad,jazz\n")) == ["already here"]
    assert (labels(workspace)[0]["mood"], labels(workspace)[0]["genre"]) == ("sad", "jazz")


def test_duplicates_with_other_tags_or_codec_are_stored_once(workspace: Path) -> None:
    song(workspace / "a.wav")
    song(workspace / "b.flac", tags={"artist": "Nina", "title": "Blue"})
    song(workspace / "c.wav", tags={"title": "Red"})
    report = run(workspace, "file,mood\na.wav,calm\nb.flac,Calm\nc.wav,calm\n")
    assert outcomes(report) == ["collected", "same recording", "same recording"]
    assert "row 2" in report[1]["message"]
    assert len(labels(workspace)) == len(list((workspace / "set/audio").iterdir())) == 1


def test_duplicates_with_different_moods_are_reported(workspace: Path) -> None:
    song(workspace / "a.wav")
    report = run(workspace, "file,mood\na.wav,calm\na.wav,sad\n")
    assert outcomes(report) == ["collected", "moods_disagree"]
    assert [row["mood"] for row in labels(workspace)] == ["calm"]


def test_artist_and_title_default_to_the_tags(workspace: Path) -> None:
    for name, seed in (("a.flac", 0), ("b.flac", 1)):
        song(workspace / name, seed=seed, tags={"artist": "Tagged", "title": "Tag"})
    run(workspace, "#EXTM3U\n#EXTINF:4,Nina - Blue\na.flac\nb.flac\n", "list.m3u", mood="calm")
    assert [(row["artist"], row["title"]) for row in labels(workspace)] == [("Nina", "Blue"), ("Tagged", "Tag")]


def test_any_row_or_copy_with_an_artist_gives_it_to_the_recording(workspace: Path) -> None:
    """Of each pair the first row has none: another row, another column, the tags of a copy, another passage."""
    song(workspace / "a.wav", seed=1)
    song(workspace / "b.wav", seed=2)
    song(workspace / "c.wav", seed=3)
    song(workspace / "c2.flac", seed=3, tags={"artist": "Cora"})
    song(workspace / "d.wav", seed=4, duration_s=9.0)
    rows = ["a.wav,calm,,,,", "a.wav,calm,Ann,,,", "b.wav,calm,,Ben,,", "c.wav,calm,,,,", "c2.flac,calm,,,,"]
    passages = ["d.wav,sad,,,0,4", "d.wav,sad,Dora,,4,8"]
    run(workspace, "\n".join(["file,mood,artist,artist_key,start_s,end_s", *rows, *passages]))
    assert [row["artist"] for row in labels(workspace)] == ["Ann", "Ben", "Cora", "Dora", "Dora"]


def test_an_artist_added_to_the_table_by_hand_is_kept(workspace: Path) -> None:
    song(workspace / "a.wav", seed=1)
    song(workspace / "b.wav", seed=2)
    run(workspace, "file,mood\na.wav,calm\nb.wav,sad\n")
    place = workspace / "set/labels.csv"
    place.write_text(place.read_text().replace(",calm,,", ",calm,Nina,", 1))
    run(workspace, "file,mood\na.wav,calm\nb.wav,sad\n")
    assert [row["artist"] for row in labels(workspace)] == ["Nina", ""]
    run(workspace, "file,mood,artist\na.wav,calm,Ella\nb.wav,sad,\n")
    assert labels(workspace)[0]["artist"] == "Ella"


def test_a_split_keeps_the_artists_of_a_collected_set_apart(workspace: Path) -> None:
    rows = []
    for mood in ("calm", "sad"):
        for number in range(12):
            song(workspace / f"{mood}{number}.wav", seed=100 * (mood == "sad") + number, duration_s=3.5)
            rows.append(f"{mood}{number}.wav,{mood},Singer {number % 4} of {mood}")
    run(workspace, "\n".join(["file,mood,artist", *rows]))
    collection = read_collection(workspace / "set")
    assert {song.artist_from for song in collection.songs} == {"column"}
    split = single_split(collection, 0.25, seed=0)
    artists = [{collection.songs[i].artist for i in part} for part in (split.train, split.validation, split.test)]
    assert sum(map(len, artists)) == len(set.union(*artists)) == 8


def test_a_cut_is_taken_from_the_middle(workspace: Path) -> None:
    write(workspace / "a.wav", sweep(1000, 3000, 20.0, RATE), RATE)
    run(workspace, "file,mood\na.wav,calm\n", default_cut=Cut(length_s=4.0))
    (row,) = labels(workspace)
    assert (row["source_start_s"], row["duration_s"], Path(row["file"]).suffix) == ("8", "4", ".flac")
    passage = decoded(workspace / "set" / row["file"])
    np.testing.assert_allclose(passage, decoded(workspace / "a.wav")[8 * RATE : 12 * RATE], atol=1e-4)


@pytest.mark.parametrize("form", ["mp3", "opus", "m4a", "wma"])
def test_a_cut_starts_at_the_same_sample_as_in_analysis(workspace: Path, form: str) -> None:
    write(workspace / f"a.{form}", sweep(200, 3000, 12.0, 48_000), 48_000)
    run(workspace, f"file,mood,start_s,end_s\na.{form},calm,5,9\n")
    passage, atomic_write = decoded(workspace / "set" / labels(workspace)[0]["file"]), decoded(workspace / f"a.{form}")
    assert len(passage) == pytest.approx(4 * RATE, abs=2)
    inner = slice(100, 4 * RATE - 100)  # at its ends the resampler sees silence in the place of music
    assert np.abs(passage[inner] - atomic_write[5 * RATE : 9 * RATE][inner]).max() < 0.01


def test_a_song_shorter_than_the_cut_is_unchanged(workspace: Path) -> None:
    song(workspace / "a.mp3")
    run(workspace, "file,mood\na.mp3,calm\n", default_cut=Cut(length_s=30.0))
    assert (workspace / "set" / labels(workspace)[0]["file"]).read_bytes() == (workspace / "a.mp3").read_bytes()


def test_a_passage_outside_the_song_is_reported(workspace: Path) -> None:
    song(workspace / "a.wav")
    report = run(workspace, "file,mood,start_s,end_s\na.wav,calm,60,90\na.wav,calm,2,3\na.wav,calm,0,\n")
    assert outcomes(report) == ["passage_outside_song", "passage_outside_song", "collected"]


def test_all_passages_of_a_link_use_one_download(workspace: Path, server: SoundServer) -> None:
    link = server.serve("/a", song(workspace / "a.mp3", duration_s=9.0).read_bytes())
    report = run(workspace, f"file,mood,start_s,end_s\n{link},calm,0,4\n{link},sad,4,8\n{link},sad,90,99\n")
    assert outcomes(report) == ["collected", "collected", "passage_outside_song"]
    assert len(server.requests_made) == 1
    assert not list((workspace / "set/.collect/downloads").iterdir())


def test_passages_without_artist_stay_together(workspace: Path) -> None:
    song(workspace / "a.wav", duration_s=9.0)
    song(workspace / "b.wav", seed=1)
    run(workspace, "file,mood,start_s,end_s\na.wav,calm,0,4\na.wav,sad,4,8\nb.wav,sad,,\n")
    first, second, other = (row["artist"] for row in labels(workspace))
    assert first == second != ""
    assert other == ""


def test_a_data_set_can_be_collected_again(workspace: Path) -> None:
    song(workspace / "a.wav", duration_s=9.0)
    run(workspace, "file,mood,start_s\na.wav,calm,4\n")
    collect([workspace / "set/labels.csv"], workspace / "again")
    (before,), (after,) = labels(workspace), table(workspace / "again/labels.csv")
    assert (after["file"], after["sha256"], after["mood"]) == (before["file"], before["sha256"], "calm")


def test_moods_added_by_hand_are_kept(workspace: Path) -> None:
    song(workspace / "a.wav")
    song(workspace / "b.wav", seed=1)
    run(workspace, "a.wav\n", "list.txt")
    place = workspace / "set/labels.csv"
    place.write_text(place.read_text().replace(".wav,,", ".wav,calm,"))
    run(workspace, "a.wav\nb.wav\n", "list.txt")
    assert [row["mood"] for row in labels(workspace)] == ["calm", ""]


@pytest.mark.parametrize("form", ["mp3", "m4a", "opus", "aac", "wma", "aiff", "webm"])
def test_recordings_get_the_suffix_of_their_format(workspace: Path, form: str) -> None:
    song(workspace / f"a.{form}").rename(workspace / "a.bin")
    run(workspace, "file,mood\na.bin,calm\n")
    suffix = Path(labels(workspace)[0]["file"]).suffix[1:]
    assert suffix == {"opus": "ogg"}.get(form, form)
    assert {"m4a": "mp4", "aac": "adts", "wma": "asf"}.get(suffix, suffix) in MEDIA_TYPES
