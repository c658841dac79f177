"""Resumable uploads as a service: blocks become a file, and the file a song. The protocol is in test_tus.py."""

from __future__ import annotations

import hashlib
import os
import threading
import uuid
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from classifier.errors import ProductError
from classifier.jobs.clean_up import clean_up
from classifier.ml_gateway import MoodError
from classifier.models import Person, ResumableUpload, Song, Status
from classifier.services.resumable_uploads import (
    MAX_UNFINISHED_UPLOADS,
    received_bytes,
    resumable_upload_append,
    resumable_upload_create,
    resumable_upload_finish,
    resumable_uploads_finish,
)
from classifier.uploads.partial_files import partial_file_path, resumable_upload_delete, running_checksums
from tests.classifier.conftest import files_under
from tests.classifier.fake_analysis import wav

NOW = timezone.now()
SONG = wav(4.0, mark=7)
SHA256 = hashlib.sha256(SONG).hexdigest()


def metadata(**values: str) -> str:
    return ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in values.items())


def partial_files() -> list[str]:
    return files_under(Path(configured.FILE_UPLOAD_TEMP_DIR))


@pytest.fixture(autouse=True)
def _delete_partial_files() -> Iterator[None]:
    yield
    for name in partial_files():
        (configured.FILE_UPLOAD_TEMP_DIR / name).unlink()


def create(owner: Person, size_bytes: int = len(SONG), **values: str) -> ResumableUpload:
    values.setdefault("filename", "song.wav")
    return resumable_upload_create(owner=owner, size_bytes=size_bytes, metadata=metadata(**values), now=NOW)


@pytest.fixture
def upload(anna: Person) -> ResumableUpload:
    return create(anna)


def append(upload: ResumableUpload, start: int, end: int, content: bytes = SONG) -> ResumableUpload:
    return resumable_upload_append(upload=upload, offset=start, data=content[start:end], now=NOW)


def error_of(*arguments: Any) -> ProductError:
    with pytest.raises(ProductError) as caught:
        append(*arguments)
    return caught.value


def test_blocks_become_a_song(upload: ResumableUpload, anna: Person) -> None:
    assert append(upload, 0, 30_000).received_bytes == 30_000
    song = append(upload, 30_000, len(SONG)).song

    assert song == Song.objects.get()
    assert (song.owner, song.status, song.file_name, song.sha256) == (anna, Status.QUEUED, "song.wav", SHA256)
    assert Path(song.file.path).read_bytes() == SONG
    assert partial_files() == []


def test_a_finished_upload_remembers_its_song(upload: ResumableUpload) -> None:
    append(upload, 0, len(SONG))
    stored = ResumableUpload.objects.get()
    assert (stored.song, stored.is_duplicate, received_bytes(stored)) == (Song.objects.get(), False, len(SONG))
    assert partial_files() == []


@pytest.mark.parametrize("offset", [0, 10_000, 25_000])
def test_a_block_at_the_wrong_offset_is_rejected_with_the_right_one(upload: ResumableUpload, offset: int) -> None:
    append(upload, 0, 20_000)
    error = error_of(upload, offset, 40_000)
    assert (error.code, error.http_status) == ("upload_offset_conflict", 409)
    assert "continues at byte 20000" in error.message
    assert received_bytes(upload) == 20_000


def test_more_bytes_than_announced_are_rejected(upload: ResumableUpload) -> None:
    error = error_of(upload, 0, len(SONG) + 1, SONG + b"x")
    assert (error.code, error.http_status) == ("upload_too_long", 413)


def test_a_file_that_changed_on_the_way_is_rejected_by_its_checksum(anna: Person) -> None:
    upload = create(anna, sha256=SHA256)
    append(upload, 0, 20_000)
    other = bytearray(SONG)
    other[35_000] ^= 1
    error = error_of(upload, 20_000, len(SONG), bytes(other))
    assert (error.code, error.http_status) == ("file_changed", 422)
    assert not Song.objects.exists()
    assert not ResumableUpload.objects.exists()
    assert partial_files() == []


def test_a_file_that_is_not_audio_is_rejected_by_its_first_bytes(anna: Person) -> None:
    upload = create(anna, 900_000)
    with pytest.raises(MoodError, match="is a text") as caught:
        append(upload, 0, 8_000, b"plain words " * 1000)
    assert caught.value.code == "not_audio"
    assert partial_files() == []
    assert not ResumableUpload.objects.exists()


def test_first_bytes_in_several_small_blocks_are_checked_too(anna: Person) -> None:
    upload = create(anna, 900_000)
    text = b"plain words " * 1000
    append(upload, 0, 3000, text)
    with pytest.raises(MoodError, match="is a text"):
        append(upload, 3000, 5000, text)


def test_after_a_power_cut_the_disk_counts_and_not_the_row(upload: ResumableUpload) -> None:
    append(upload, 0, 20_000)
    os.truncate(partial_file_path(upload.id), 8_000)
    assert received_bytes(upload) == 8_000
    assert error_of(upload, 20_000, 30_000).code == "upload_offset_conflict"
    append(upload, 8_000, 20_000)
    song = append(upload, 20_000, len(SONG)).song
    assert song is not None
    assert Path(song.file.path).read_bytes() == SONG
    assert song.sha256 == SHA256


def test_bytes_that_a_killed_process_did_not_confirm_are_written_again(upload: ResumableUpload) -> None:
    append(upload, 0, 20_000)
    with partial_file_path(upload.id).open("ab") as stream:
        stream.write(b"half a block")
    append(upload, 20_000, len(SONG))
    assert Path(Song.objects.get().file.path).read_bytes() == SONG


def test_the_checksum_is_right_in_a_process_that_received_only_the_end(upload: ResumableUpload) -> None:
    append(upload, 0, 20_000)
    running_checksums.discard(upload.id)
    append(upload, 20_000, 40_000)
    append(upload, 40_000, len(SONG))
    assert Song.objects.get().sha256 == SHA256


@contextmanager
def database_without_room(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No row of a song can be stored."""

    def full(*_: object, **__: object) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("classifier.models.Song.save", full)
        yield


@pytest.fixture
def unstored(upload: ResumableUpload, monkeypatch: pytest.MonkeyPatch) -> ResumableUpload:
    """An upload with all its bytes, whose song could not be stored."""
    append(upload, 0, 20_000)
    with database_without_room(monkeypatch):
        assert error_of(upload, 20_000, len(SONG)).code == "disk_full"
    return ResumableUpload.objects.get()


def test_an_upload_whose_song_could_not_be_stored_keeps_its_bytes(unstored: ResumableUpload, media: Path) -> None:
    assert (unstored.song, received_bytes(unstored)) == (None, len(SONG))
    assert partial_files() == [partial_file_path(unstored.id).name]
    assert files_under(media) == []


def test_a_client_that_comes_back_finishes_it(unstored: ResumableUpload) -> None:
    song = resumable_upload_finish(upload=unstored, now=NOW).song
    assert song == Song.objects.get()
    assert song.sha256 == SHA256
    assert Path(song.file.path).read_bytes() == SONG
    assert ResumableUpload.objects.get().is_duplicate is False
    assert partial_files() == []


def test_the_sweep_finishes_it_if_no_client_comes_back(unstored: ResumableUpload) -> None:
    assert resumable_uploads_finish(now=NOW + timedelta(seconds=30)) == 0
    assert resumable_uploads_finish(now=NOW + timedelta(minutes=2)) == 1
    assert ResumableUpload.objects.get().song == Song.objects.get()
    assert resumable_uploads_finish(now=NOW + timedelta(minutes=4)) == 0


def test_the_sweep_tries_again_as_long_as_it_fails(unstored: ResumableUpload, monkeypatch: pytest.MonkeyPatch) -> None:
    with database_without_room(monkeypatch):
        assert resumable_uploads_finish(now=NOW + timedelta(minutes=2)) == 0
    assert resumable_uploads_finish(now=NOW + timedelta(minutes=3)) == 1


def test_the_command_finishes_uploads(unstored: ResumableUpload) -> None:
    ResumableUpload.objects.update(touched_at=NOW - timedelta(minutes=2))
    call_command("sweep", stdout=StringIO())
    assert Song.objects.exists()


def test_a_process_killed_between_song_and_upload_is_no_duplicate(
    upload: ResumableUpload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The song is stored, and the row of the upload does not know it."""
    append(upload, 0, 20_000)

    def killed(upload_id: uuid.UUID) -> None:
        raise SystemExit

    ResumableUpload.objects.update(created_at=NOW - timedelta(minutes=1))
    with monkeypatch.context() as patch:
        patch.setattr("classifier.services.resumable_uploads.delete_partial_file", killed)
        with pytest.raises(SystemExit):
            append(upload, 20_000, len(SONG))
    ResumableUpload.objects.update(song=None, is_duplicate=False)
    assert resumable_uploads_finish(now=NOW + timedelta(minutes=2)) == 1
    assert ResumableUpload.objects.get().is_duplicate is False
    assert Path(Song.objects.get().file.path).read_bytes() == SONG
    assert partial_files() == []


def test_the_same_file_again_is_the_same_song(upload: ResumableUpload, anna: Person, media: Path) -> None:
    append(upload, 0, len(SONG))
    again = append(create(anna, filename="renamed.wav"), 0, len(SONG))
    assert (again.song, again.is_duplicate) == (Song.objects.get(), True)
    assert partial_files() == []
    assert len(files_under(media)) == 1


def test_another_upload_than_the_existing_song_by_size_is_not_finished(upload: ResumableUpload, anna: Person) -> None:
    append(upload, 0, len(SONG))
    assert create(anna, len(SONG) + 1, sha256=SHA256).song is None


def test_a_deleted_upload_takes_no_more_blocks(upload: ResumableUpload) -> None:
    append(upload, 0, 5_000)
    resumable_upload_delete(upload=upload)
    resumable_upload_delete(upload=upload)
    error = error_of(upload, 5_000, 6_000)
    assert (error.code, error.http_status) == ("upload_gone", 410)
    assert partial_files() == []


def test_a_user_cannot_have_unfinished_uploads_without_limit(anna: Person, boris: Person) -> None:
    ResumableUpload.objects.bulk_create(
        ResumableUpload(owner=anna, file_name="a.wav", size_bytes=10, created_at=NOW, touched_at=NOW)
        for _ in range(MAX_UNFINISHED_UPLOADS)
    )
    with pytest.raises(ProductError) as caught:
        create(anna)
    assert (caught.value.code, caught.value.http_status) == ("too_many_uploads", 429)
    create(boris)


def test_finished_uploads_do_not_count_as_unfinished(anna: Person, song: Song) -> None:
    ResumableUpload.objects.bulk_create(
        ResumableUpload(owner=anna, file_name="a.wav", size_bytes=10, song=song, created_at=NOW, touched_at=NOW)
        for _ in range(MAX_UNFINISHED_UPLOADS)
    )
    create(anna)


def test_uploads_expire_a_day_after_their_last_byte(upload: ResumableUpload) -> None:
    append(upload, 0, 5_000)
    clean_up(now=NOW + timedelta(hours=23))
    assert ResumableUpload.objects.exists()
    clean_up(now=NOW + timedelta(hours=25))
    assert not ResumableUpload.objects.exists()
    assert partial_files() == []


@pytest.mark.django_db(transaction=True)
def test_four_clients_that_send_the_same_blocks_at_once_make_one_song(anna: Person, media: Path) -> None:
    upload = create(anna)
    barrier = threading.Barrier(4)

    def send(_: int) -> Song | None:
        """As a tus client does: after a conflict, ask for the offset and continue there."""
        mine = ResumableUpload.objects.get(id=upload.id)
        barrier.wait(timeout=20)
        try:
            while mine.song is None:
                offset = received_bytes(mine)
                try:
                    append(mine, offset, min(offset + 8_000, len(SONG)))
                except ProductError as error:
                    assert error.code == "upload_offset_conflict"  # noqa: PT017
            return mine.song
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        songs = set(threads.map(send, range(4)))

    [song] = Song.objects.all()
    assert songs == {song}
    assert (song.sha256, Path(song.file.path).read_bytes()) == (SHA256, SONG)
    assert partial_files() == []
