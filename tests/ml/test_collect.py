"""A list becomes a folder to train on: each recording once, under its hash, cut where it is wished."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from ml.audio.sniffing import MEDIA_TYPES
from ml.training.collect import collect
from ml.training.collecting.excerpts import Cut
from ml.training.own.label_files import read_collection
from tests.ml.collected import RATE, heard, labels, outcomes, run, song, table
from tests.ml.sound_server import SoundServer
from tests.sounds import sweep, write


def test_files_and_links_become_a_set_that_training_reads(house: Path, server: SoundServer) -> None:
    song(house / "a.wav")
    link = server.serve("/b.mp3?key=1", song(house / "b.mp3", seed=1).read_bytes())
    report = run(house, f"file,mood,artist\na.wav,calm,Nina\n{link},sad;warm,\n")
    assert outcomes(report) == ["collected", "collected"]
    first, second = labels(house)
    for row, source in ((first, house / "a.wav"), (second, house / "b.mp3")):
        assert (house / "set" / row["file"]).read_bytes() == source.read_bytes()
        assert row["sha256"] == hashlib.sha256(source.read_bytes()).hexdigest() == Path(row["file"]).stem
    assert (first["artist"], first["mood"], first["duration_s"]) == ("Nina", "calm", "4")
    assert (second["source"], Path(second["file"]).suffix) == (link, ".mp3")
    found = read_collection(house / "set/labels.csv")
    assert [song.moods for song in found.songs] == [("calm",), ("sad", "warm")]
    assert not found.problems


def test_what_is_finished_is_not_done_again(house: Path, server: SoundServer, monkeypatch: pytest.MonkeyPatch) -> None:
    song(house / "a.wav")
    link = server.serve("/b.mp3", song(house / "b.mp3", seed=1).read_bytes())
    text = f"file,mood\na.wav,calm\n{link},sad\n"
    run(house, text)
    before = labels(house)
    monkeypatch.setattr("ml.training.collecting.collector.inspect_audio", pytest.fail)
    assert outcomes(run(house, text)) == ["already here", "already here"]
    assert len(server.asked) == 1
    assert labels(house) == before


def test_a_song_that_was_changed_is_collected_anew(house: Path) -> None:
    song(house / "a.wav")
    run(house, "file,mood\na.wav,calm\n")
    song(house / "a.wav", seed=1, duration_s=5.0)
    assert outcomes(run(house, "file,mood\na.wav,calm\n")) == ["collected"]
    assert labels(house)[0]["duration_s"] == "5"


def test_a_recording_that_was_deleted_is_fetched_again(house: Path) -> None:
    song(house / "a.wav")
    run(house, "file,mood\na.wav,calm\n")
    (house / "set" / labels(house)[0]["file"]).unlink()
    assert outcomes(run(house, "file,mood\na.wav,calm\n")) == ["collected"]
    assert (house / "set" / labels(house)[0]["file"]).exists()


def test_labels_follow_the_list_without_collecting_again(house: Path) -> None:
    song(house / "a.wav")
    run(house, "file,mood,genre\na.wav,calm,rock\n")
    assert outcomes(run(house, "file,mood,genre\na.wav,sad,jazz\n")) == ["already here"]
    assert (labels(house)[0]["mood"], labels(house)[0]["genre"]) == ("sad", "jazz")


def test_the_same_recording_is_one_file_whatever_its_tags_and_coding(house: Path) -> None:
    song(house / "a.wav")
    song(house / "b.flac", tags={"artist": "Nina", "title": "Blue"})
    song(house / "c.wav", tags={"title": "Red"})
    report = run(house, "file,mood\na.wav,calm\nb.flac,Calm\nc.wav,calm\n")
    assert outcomes(report) == ["collected", "same recording", "same recording"]
    assert "row 2" in report[1]["message"]
    assert len(labels(house)) == len(list((house / "set/audio").iterdir())) == 1


def test_one_recording_with_two_different_moods_is_told(house: Path) -> None:
    song(house / "a.wav")
    report = run(house, "file,mood\na.wav,calm\na.wav,sad\n")
    assert outcomes(report) == ["collected", "moods_disagree"]
    assert [row["mood"] for row in labels(house)] == ["calm"]


def test_artist_and_title_come_from_the_list_or_else_from_the_tags(house: Path) -> None:
    for name, seed in (("a.flac", 0), ("b.flac", 1)):
        song(house / name, seed=seed, tags={"artist": "Tagged", "title": "Tag"})
    run(house, "#EXTM3U\n#EXTINF:4,Nina - Blue\na.flac\nb.flac\n", "list.m3u", mood="calm")
    assert [(row["artist"], row["title"]) for row in labels(house)] == [("Nina", "Blue"), ("Tagged", "Tag")]


def test_a_cut_comes_from_the_middle(house: Path) -> None:
    write(house / "a.wav", sweep(1000, 3000, 20.0, RATE), RATE)
    run(house, "file,mood\na.wav,calm\n", default_cut=Cut(length_s=4.0))
    (row,) = labels(house)
    assert (row["source_start_s"], row["duration_s"], Path(row["file"]).suffix) == ("8", "4", ".flac")
    passage = heard(house / "set" / row["file"])
    np.testing.assert_allclose(passage, heard(house / "a.wav")[8 * RATE : 12 * RATE], atol=1e-4)


@pytest.mark.parametrize("form", ["mp3", "opus", "m4a", "wma"])
def test_a_cut_is_heard_where_the_product_hears_it(house: Path, form: str) -> None:
    write(house / f"a.{form}", sweep(200, 3000, 12.0, 48_000), 48_000)
    run(house, f"file,mood,start_s,end_s\na.{form},calm,5,9\n")
    passage, atomic_write = heard(house / "set" / labels(house)[0]["file"]), heard(house / f"a.{form}")
    assert len(passage) == pytest.approx(4 * RATE, abs=2)
    inner = slice(100, 4 * RATE - 100)  # at its ends the resampler sees silence in the place of music
    assert np.abs(passage[inner] - atomic_write[5 * RATE : 9 * RATE][inner]).max() < 0.01


def test_a_song_shorter_than_the_cut_stays_as_it_is(house: Path) -> None:
    song(house / "a.mp3")
    run(house, "file,mood\na.mp3,calm\n", default_cut=Cut(length_s=30.0))
    assert (house / "set" / labels(house)[0]["file"]).read_bytes() == (house / "a.mp3").read_bytes()


def test_a_passage_that_the_song_does_not_have_is_told(house: Path) -> None:
    song(house / "a.wav")
    report = run(house, "file,mood,start_s,end_s\na.wav,calm,60,90\na.wav,calm,2,3\na.wav,calm,0,\n")
    assert outcomes(report) == ["passage_outside_song", "passage_outside_song", "collected"]


def test_one_download_serves_all_its_passages(house: Path, server: SoundServer) -> None:
    link = server.serve("/a", song(house / "a.mp3", duration_s=9.0).read_bytes())
    report = run(house, f"file,mood,start_s,end_s\n{link},calm,0,4\n{link},sad,4,8\n{link},sad,90,99\n")
    assert outcomes(report) == ["collected", "collected", "passage_outside_song"]
    assert len(server.asked) == 1
    assert not list((house / "set/.collect/downloads").iterdir())


def test_passages_of_a_song_by_nobody_known_stay_together(house: Path) -> None:
    song(house / "a.wav", duration_s=9.0)
    song(house / "b.wav", seed=1)
    run(house, "file,mood,start_s,end_s\na.wav,calm,0,4\na.wav,sad,4,8\nb.wav,sad,,\n")
    first, second, other = (row["artist"] for row in labels(house))
    assert first == second != ""
    assert other == ""


def test_a_collected_set_can_be_collected_from(house: Path) -> None:
    song(house / "a.wav", duration_s=9.0)
    run(house, "file,mood,start_s\na.wav,calm,4\n")
    collect([house / "set/labels.csv"], house / "again")
    (before,), (after,) = labels(house), table(house / "again/labels.csv")
    assert (after["file"], after["sha256"], after["mood"]) == (before["file"], before["sha256"], "calm")


def test_a_mood_that_was_written_by_hand_stays_where_the_list_says_none(house: Path) -> None:
    song(house / "a.wav")
    song(house / "b.wav", seed=1)
    run(house, "a.wav\n", "list.txt")
    place = house / "set/labels.csv"
    place.write_text(place.read_text().replace(".wav,,", ".wav,calm,"))
    run(house, "a.wav\nb.wav\n", "list.txt")
    assert [row["mood"] for row in labels(house)] == ["calm", ""]


@pytest.mark.parametrize("form", ["mp3", "m4a", "opus", "aac", "wma", "aiff", "webm"])
def test_a_recording_keeps_the_ending_of_its_kind_whatever_it_was_called(house: Path, form: str) -> None:
    song(house / f"a.{form}").rename(house / "a.bin")
    run(house, "file,mood\na.bin,calm\n")
    suffix = Path(labels(house)[0]["file"]).suffix[1:]
    assert suffix == {"opus": "ogg"}.get(form, form)
    assert {"m4a": "mp4", "aac": "adts", "wma": "asf"}.get(suffix, suffix) in MEDIA_TYPES
