"""Submission of a song."""

from __future__ import annotations

import errno
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from classifier.errors import ProductError
from classifier.ml_gateway import MoodError
from classifier.models import Person, Song, Status
from classifier.services.song_submit import song_submit
from tests.classifier.conftest import Submit, files_under
from tests.classifier.fake_analysis import upload, wav


def error_of(owner: Person, file: Any) -> ProductError:
    with pytest.raises(ProductError) as caught:
        song_submit(owner=owner, upload=file, now=timezone.now())
    return caught.value


def test_a_song_is_stored_and_queued(anna: Person, media: Path) -> None:
    song, created = song_submit(owner=anna, upload=upload("Nocturne.WAV"), now=timezone.now())

    assert created
    assert (song.status, song.file_name, song.size_bytes) == (Status.QUEUED, "Nocturne.WAV", len(wav()))
    assert files_under(media) == [f"songs/{song.id.hex[-2:]}/{song.id.hex}/source.wav"]
    assert Path(song.file.path).read_bytes() == wav()


def test_the_broker_is_notified_after_the_row_is_committed(
    anna: Person, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent = []
    monkeypatch.setattr("classifier.jobs.queue.app.send_task", lambda name, args: sent.append((name, args)))
    with django_capture_on_commit_callbacks() as callbacks:
        song, _ = song_submit(owner=anna, upload=upload(), now=timezone.now())
    assert sent == []

    for callback in callbacks:
        callback()

    assert sent == [("classifier.analyse_next", ["interactive"])]
    song.refresh_from_db()
    assert song.enqueued_at is not None


def test_a_missing_broker_loses_no_song(
    anna: Person, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def unreachable(name: str, args: list[str]) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("classifier.jobs.queue.app.send_task", unreachable)
    with django_capture_on_commit_callbacks(execute=True):
        song, _ = song_submit(owner=anna, upload=upload(), now=timezone.now())
    song.refresh_from_db()
    assert (song.status, song.enqueued_at) == (Status.QUEUED, None)


def test_a_duplicate_is_the_existing_song(anna: Person, submit: Submit, media: Path) -> None:
    first = submit(mark=1, name="a.wav")

    again, created = song_submit(owner=anna, upload=upload("b.wav", mark=1), now=timezone.now())

    assert not created
    assert again == first
    assert len(files_under(media)) == 1


def test_the_same_file_of_another_user_is_another_song(submit: Submit, boris: Person) -> None:
    assert submit(mark=1) != submit(mark=1, owner=boris)


@pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELLED])
def test_a_duplicate_of_a_failed_song_is_queued_again(song: Song, submit: Submit, status: Status) -> None:
    Song.objects.filter(id=song.id).update(status=status, error_code="too_slow", attempts=3)

    again = submit()

    assert again == song
    assert (again.status, again.attempts, again.error_code) == (Status.QUEUED, 0, "")


def test_a_duplicate_restores_a_missing_file(song: Song, submit: Submit) -> None:
    Path(song.file.path).unlink()

    assert submit() == song

    assert Path(song.file.path).read_bytes() == wav()


@pytest.mark.django_db(transaction=True)
def test_ten_simultaneous_uploads_of_one_file_make_one_song(anna: Person, media: Path) -> None:
    def send(_: int) -> Song:
        try:
            return song_submit(owner=anna, upload=upload(), now=timezone.now())[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as threads:
        songs = set(threads.map(send, range(10)))

    assert songs == set(Song.objects.all())
    assert len(songs) == 1
    assert len(files_under(media)) == 1


def test_a_missing_file_is_rejected(anna: Person) -> None:
    assert error_of(anna, None).code == "file_missing"


def test_an_empty_file_is_rejected(anna: Person) -> None:
    assert error_of(anna, upload(content=b"")).code == "file_empty"


def test_a_file_over_the_limit_is_rejected_with_the_limit(anna: Person, settings: Any) -> None:
    settings.MAX_UPLOAD_MB = 1
    error = error_of(anna, upload(content=wav() + bytes(1_000_000)))
    assert (error.code, error.http_status) == ("file_too_large", 413)
    assert "larger than 1 MB" in error.message


def test_a_file_that_is_not_audio_is_rejected(anna: Person, media: Path) -> None:
    with pytest.raises(MoodError, match="PNG") as caught:
        song_submit(owner=anna, upload=upload("a.mp3", content=b"\x89PNG\r\n\x1a\n" + bytes(100)), now=timezone.now())
    assert caught.value.code == "not_audio"
    assert not Song.objects.exists()
    assert files_under(media) == []


@pytest.mark.parametrize(
    "fault",
    [OSError(errno.ENOSPC, "No space left on device"), OperationalError("database or disk is full")],
    ids=["the file", "the row"],
)
def test_a_full_disk_leaves_neither_row_nor_file(
    anna: Person, media: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        raise fault

    target = (
        "classifier.services.song_submit.file_sync" if isinstance(fault, OSError) else "classifier.models.Song.save"
    )
    monkeypatch.setattr(target, full)

    error = error_of(anna, upload())

    assert (error.code, error.http_status) == ("disk_full", 507)
    assert not Song.objects.exists()
    assert files_under(media) == []
