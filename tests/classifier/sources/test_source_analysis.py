"""The analysis of songs that are read where they are."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from classifier.jobs.analyse import song_analyse
from classifier.models import Analysis, Person, Queue, Song, Source, Status, Verdict
from classifier.services.song_bin import song_bin
from classifier.services.song_submit import song_submit
from classifier.sources.audio_file import song_audio_file
from tests.classifier.conftest import files_under
from tests.classifier.fake_analysis import FakeAnalyser, FakeResult, upload, wav
from tests.classifier.sources.conftest import START, Scan, only_song, songs_by_key, write_song, write_tags


def analyse(song: Song | None) -> Song:
    assert song is not None
    song_analyse(song_id=song.id)
    return song.reload()


def test_a_song_is_analysed_where_it_lies_and_nothing_is_copied(
    music: Path, scan: Scan, analyser: FakeAnalyser, media: Path
) -> None:
    path = write_song(music / "a.wav")
    scan()
    song = analyse(only_song())
    assert (song.status, song.title) == (Status.DONE, "Nocturne")
    assert analyser.paths == [path]
    assert (len(song.sha256), len(song.audio_hash)) == (64, 64)
    assert (song.file.name, song.playable.name, song.spectrogram.name) == ("", "", "")
    assert files_under(media) == []
    assert path.read_bytes() == wav()


def test_a_copy_is_not_analysed_again(music: Path, scan: Scan, analyser: FakeAnalyser) -> None:
    path = write_song(music / "a.wav")
    source = scan()
    song = analyse(only_song())
    shutil.copy(path, music / "copy.wav")
    write_tags(music / "copy.wav", title="Another title")
    copy = songs_by_key(scan(1))["copy.wav"]
    assert copy is not None
    song_analyse(song_id=copy.id)
    assert len(analyser.paths) == 1
    assert songs_by_key(source) == {"a.wav": song, "copy.wav": song}
    assert list(Song.objects.all()) == [song]


def test_a_song_that_was_uploaded_before_has_the_file_as_a_second_place(
    music: Path, scan: Scan, analyser: FakeAnalyser, anna: Person
) -> None:
    uploaded, _ = song_submit(owner=anna, upload=upload(mark=3), now=timezone.now())
    uploaded = analyse(uploaded)
    # From before songs had a hash of their sound.
    Song.objects.update(audio_hash="")
    write_song(music / "a.wav", 3)
    source = scan()
    song_analyse(song_id=Song.objects.exclude(id=uploaded.id).get().id)
    assert songs_by_key(source) == {"a.wav": uploaded}
    assert len(analyser.paths) == 1
    assert uploaded.reload().audio_hash


def test_an_upload_of_the_same_sound_keeps_its_row_and_gets_the_result(
    music: Path, scan: Scan, analyser: FakeAnalyser, anna: Person
) -> None:
    path = write_song(music / "a.wav")
    scan()
    known = analyse(only_song())
    write_tags(path, title="Mine")
    uploaded, is_new = song_submit(owner=anna, upload=upload(content=path.read_bytes()), now=timezone.now())
    assert is_new
    uploaded = analyse(uploaded)
    assert len(analyser.paths) == 1
    assert uploaded != known
    assert (uploaded.status, uploaded.title, uploaded.duration_s) == (Status.DONE, "Mine", 20.0)
    first, second = (Analysis.objects.get(song=song) for song in (known, uploaded))
    assert (first.name, first.detail.answer, first.detail.segments) == (
        second.name,
        second.detail.answer,
        second.detail.segments,
    )


def test_an_upload_of_the_very_same_file_is_a_duplicate(
    music: Path, scan: Scan, analyser: FakeAnalyser, anna: Person
) -> None:
    path = write_song(music / "a.wav")
    scan()
    known = analyse(only_song())
    assert song_submit(owner=anna, upload=upload(content=path.read_bytes()), now=timezone.now()) == (known, False)
    assert known.reload().file.name == ""


def test_an_upload_restores_the_song_of_a_file_that_is_gone(
    music: Path, scan: Scan, analyser: FakeAnalyser, anna: Person
) -> None:
    path = write_song(music / "a.wav")
    write_song(music / "b.wav", 1)
    known = analyse(songs_by_key(scan())["a.wav"])
    content = path.read_bytes()
    path.unlink()
    scan(1)
    song, is_new = song_submit(owner=anna, upload=upload(content=content), now=timezone.now())
    assert (song, is_new) == (known, False)
    with song_audio_file(known.reload()) as stored:
        assert stored.read_bytes() == content


def test_somebody_elses_song_is_analysed_on_its_own(
    music: Path, scan: Scan, analyser: FakeAnalyser, boris: Person
) -> None:
    path = write_song(music / "a.wav")
    scan()
    analyse(only_song())
    his, _ = song_submit(owner=boris, upload=upload(content=path.read_bytes()), now=timezone.now())
    analyse(his)
    assert len(analyser.paths) == 2


def test_another_analysis_is_another_analysis(music: Path, scan: Scan, analyser: FakeAnalyser) -> None:
    write_song(music / "a.wav")
    scan()
    song = analyse(only_song())
    Song.objects.update(status=Status.QUEUED)
    assert analyse(song).status == Status.DONE
    assert len(analyser.paths) == 2


def test_a_merged_song_keeps_what_the_user_said(music: Path, scan: Scan, analyser: FakeAnalyser) -> None:
    write_song(music / "a.wav")
    write_song(music / "b.wav")
    first, second = songs_by_key(scan()).values()
    assert second is not None
    Song.objects.filter(id=second.id).update(verdict=Verdict.CORRECTED, actual_primary="sad", verdict_at=START)
    song = analyse(first)
    song_analyse(song_id=second.id)
    assert (song.reload().verdict, song.actual_primary) == (Verdict.CORRECTED, "sad")


def test_a_copy_of_a_recording_in_the_bin_stays_out_of_the_library(
    music: Path, scan: Scan, analyser: FakeAnalyser
) -> None:
    path = write_song(music / "a.wav")
    source = scan()
    song = analyse(only_song())
    song_bin(song=song, now=START)
    shutil.copy(path, music / "copy.wav")
    copy = songs_by_key(scan(1))["copy.wav"]
    assert copy is not None
    song_analyse(song_id=copy.id)
    assert (len(analyser.paths), list(Song.objects.values_list("id", flat=True))) == (1, [song.id])
    assert source.locations.filter(song=song, is_ignored=True).count() == 2


def test_a_file_that_vanished_is_missing_and_its_song_failed_until_it_is_back(
    music: Path, scan: Scan, analyser: FakeAnalyser
) -> None:
    path = write_song(music / "a.wav")
    write_song(music / "b.wav", 1)
    source = scan()
    path.rename(music.parent / "away.wav")
    song = analyse(songs_by_key(source)["a.wav"])
    assert (song.status, song.error_code) == (Status.FAILED, "source_file_missing")
    assert song.can_retry
    assert list(songs_by_key(source)) == ["b.wav"]
    (music.parent / "away.wav").rename(music / "elsewhere.wav")
    scan(1)
    song = song.reload()
    assert (song.status, song.queue) == (Status.QUEUED, Queue.HELD)
    assert analyse(song).status == Status.DONE


def test_a_file_that_vanishes_while_it_is_read_is_missing(music: Path, scan: Scan, analyser: FakeAnalyser) -> None:
    path = write_song(music / "a.wav")
    write_song(music / "b.wav", 1)
    source = scan()
    analyser.interrupt = path.unlink
    analyser.error = FileNotFoundError(2, "No such file or directory")
    song = analyse(songs_by_key(source)["a.wav"])
    assert (song.status, song.error_code) == (Status.FAILED, "source_file_missing")


def test_a_song_waits_while_its_folder_is_not_mounted(music: Path, scan: Scan, analyser: FakeAnalyser) -> None:
    write_song(music / "a.wav")
    scan()
    music.rename(music.parent / "elsewhere")
    song = analyse(only_song())
    assert (song.status, song.queue, song.attempts) == (Status.QUEUED, Queue.HELD, 0)
    assert song.not_before is not None
    assert song.not_before > timezone.now()
    music.mkdir()  # the empty mount point
    assert analyse(song).status == Status.QUEUED
    music.rmdir()
    (music.parent / "elsewhere").rename(music)
    assert analyse(song).status == Status.DONE


def test_a_file_that_is_written_while_it_is_read_is_read_again(music: Path, scan: Scan, analyser: FakeAnalyser) -> None:
    path = write_song(music / "a.wav")
    scan()
    analyser.interrupt = lambda: path.write_bytes(wav(mark=9) + b"more")
    song = analyse(only_song())
    assert (song.status, song.error_code, song.analyses.count()) == (Status.QUEUED, "", 0)
    analyser.interrupt = None
    assert analyse(song).status == Status.DONE


def test_another_place_is_read_if_the_first_is_gone(music: Path, scan: Scan, analyser: FakeAnalyser) -> None:
    path = write_song(music / "a.wav")
    write_song(music / "b.wav")
    source = scan()
    song = songs_by_key(source)["b.wav"]
    source.locations.update(song=song)
    path.unlink()
    assert analyse(song).status == Status.DONE
    assert analyser.paths == [music / "b.wav"]


def test_a_song_whose_source_was_removed_fails_and_says_so(music: Path, scan: Scan, analyser: FakeAnalyser) -> None:
    write_song(music / "a.wav")
    scan()
    Source.objects.all().delete()
    assert analyse(only_song()).error_code == "source_file_missing"


def test_two_workers_with_the_same_sound_leave_one_song(music: Path, scan: Scan, analyser: FakeAnalyser) -> None:
    write_song(music / "a.wav")
    write_song(music / "b.wav")
    first, second = songs_by_key(scan()).values()
    assert second is not None
    # While the first is analysed, another worker takes the second.
    analyser.interrupt = lambda: song_analyse(song_id=second.id)
    song = analyse(first)
    assert (song.status, song.locations.count(), Song.objects.count()) == (Status.DONE, 2, 1)
    assert len(analyser.paths) == 1


def test_what_browsers_cannot_play_is_said(
    music: Path, scan: Scan, analyser: FakeAnalyser, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_song(music / "a.wav")
    scan()
    monkeypatch.setattr("classifier.ml_gateway.browsers_play", lambda path: False)
    (warning,) = analyse(only_song()).warnings
    assert warning["code"] == "copy_on_demand"


def test_a_new_analysis_of_a_missing_file_keeps_the_result(music: Path, scan: Scan, analyser: FakeAnalyser) -> None:
    path = write_song(music / "a.wav")
    write_song(music / "b.wav", 1)
    song = analyse(songs_by_key(scan())["a.wav"])
    analyser.result = FakeResult(model_version="mood-5")
    path.unlink()
    Song.objects.filter(id=song.id).update(status=Status.QUEUED, created_at=START + timedelta(days=1))
    song = analyse(song)
    assert (song.status, song.warnings[0]["code"]) == (Status.DONE, "not_heard_again")
