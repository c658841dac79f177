"""A disk that is completely full: what frees room works, everything else is an error in words."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.errors import ProductError
from classifier.models import Person, Song
from classifier.services.resumable_uploads import resumable_upload_append, resumable_upload_create
from classifier.uploads import reserve_file
from tests.classifier.conftest import Submit, files_under
from tests.classifier.fake_analysis import wav

NOW = timezone.now()
SONG = wav(4.0, mark=7)


@pytest.fixture(autouse=True)
def _delete_partial_files() -> Iterator[None]:
    yield
    for path in configured.FILE_UPLOAD_TEMP_DIR.glob("*"):
        path.unlink()
    reserve_file.reserve_file_path().unlink(missing_ok=True)


class FullDatabase:
    """Refuses its first so many writes, as SQLite does when there is no room for its journal."""

    def __init__(self, failures: int) -> None:
        self.failures = failures

    def __call__(self, execute: Any, sql: str, *arguments: Any) -> Any:
        if sql.split(maxsplit=1)[0] in ("INSERT", "UPDATE", "DELETE") and self.failures:
            self.failures -= 1
            raise OperationalError("database or disk is full")
        return execute(sql, *arguments)


def test_a_song_is_deleted_by_freeing_its_files_first(song: Song, media: Path) -> None:
    with connection.execute_wrapper(FullDatabase(failures=1)):
        from classifier.services.song_delete import song_delete

        song_delete(song=song)
    assert files_under(media) == []
    assert not Song.objects.exists()


def test_many_songs_are_deleted_by_freeing_their_files_first(submit: Submit, media: Path) -> None:
    from classifier.uploads.song_deletion import songs_delete

    ids = [submit(mark).id for mark in range(3)]
    with connection.execute_wrapper(FullDatabase(failures=1)):
        assert songs_delete(ids=ids) == 3
    assert files_under(media) == []


@pytest.mark.django_db(transaction=True)
def test_a_request_that_finds_no_room_at_all_is_answered_with_507(anna_client: Client, song: Song) -> None:
    with connection.execute_wrapper(FullDatabase(failures=100)):
        answer = anna_client.delete(f"/api/predictions/{song.id}/")
        assert (answer.status_code, answer.json()["error"]["code"]) == (507, "disk_full")
        page = anna_client.post(reverse("song-edit", args=[song.id]), {"title": "New", "artist": ""})
        assert page.status_code == 507
        assert "The server’s disk is full" in page.content.decode()


def test_the_reserve_file_is_written_and_freed_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    free = [1 << 40]
    monkeypatch.setattr(reserve_file, "free_bytes", lambda: free[0])
    path = reserve_file.reserve_file_path()
    reserve_file.reserve_file_restore()
    assert path.stat().st_size == reserve_file.RESERVE_FILE_BYTES
    assert not reserve_file.reserve_file_shrink()

    truncate = os.truncate

    def give_up(file: Path, size: int) -> None:
        free[0] += Path(file).stat().st_size - size
        truncate(file, size)

    monkeypatch.setattr(reserve_file.os, "truncate", give_up)
    free[0] = 0
    assert reserve_file.reserve_file_shrink()
    assert path.stat().st_size == reserve_file.RESERVE_FILE_BYTES - reserve_file.STEP_BYTES
    assert not reserve_file.reserve_file_shrink()
    # It is not written again while there is little room.
    reserve_file.reserve_file_restore()
    assert path.stat().st_size == reserve_file.RESERVE_FILE_BYTES - reserve_file.STEP_BYTES
    free[0] = 1 << 40
    reserve_file.reserve_file_restore()
    assert path.stat().st_size == reserve_file.RESERVE_FILE_BYTES


def test_a_request_that_writes_frees_a_part_of_it_and_one_that_reads_does_not(
    anna_client: Client, song: Song, monkeypatch: pytest.MonkeyPatch
) -> None:
    releases: list[bool] = []
    monkeypatch.setattr("classifier.middleware.reserve_file_shrink", lambda: releases.append(True))
    anna_client.get(reverse("home"))
    anna_client.get(f"/api/predictions/{song.id}/")
    assert releases == []
    anna_client.delete(f"/api/predictions/{song.id}/")
    assert releases == [True]


def test_a_disk_without_a_reserve_file_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reserve_file, "free_bytes", lambda: 0)
    assert not reserve_file.reserve_file_shrink()
    reserve_file.reserve_file_restore()
    assert not reserve_file.reserve_file_path().exists()


def test_a_write_behind_the_limit_of_a_file_is_a_full_disk(anna: Person) -> None:
    """As in a container with a quota: the system refuses the bytes, though the disk has room."""
    upload = resumable_upload_create(owner=anna, size_bytes=len(SONG), now=NOW)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(ProductError) as caught:
            resumable_upload_append(upload=upload, offset=0, data=SONG, now=NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.code == "disk_full"
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.EFBIG
