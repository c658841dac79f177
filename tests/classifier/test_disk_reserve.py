"""The reserve of the disk: uploads and analyses leave it free, and everything else works without the rest."""

from __future__ import annotations

import errno
import io
import os
import resource
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.files import File
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.accounts.tokens import token_create, token_of_key
from classifier.errors import ProductError
from classifier.jobs.analyse import song_analyse
from classifier.jobs.saliency import saliency_request
from classifier.models import ApiToken, Person, ResumableUpload, Song, Status
from classifier.services.demo_songs_add import demo_songs_add
from classifier.services.resumable_uploads import resumable_upload_append, resumable_upload_create
from classifier.services.song_retry import song_retry
from classifier.services.song_submit import song_submit
from classifier.uploads import ballast
from classifier.uploads.disk_reserve import announced_bytes, free_bytes, has_room, reserve_bytes, room_for
from classifier.uploads.running_forms import running_forms
from mmc.database import hold_open
from tests.classifier.conftest import Disk, Submit, files_under
from tests.classifier.fake_analysis import FakeAnalyser, upload, wav

NOW = timezone.now()
SONG = wav(4.0, mark=7)


@pytest.fixture(autouse=True)
def _delete_partial_files() -> Iterator[None]:
    yield
    for path in configured.FILE_UPLOAD_TEMP_DIR.glob("*"):
        path.unlink()
    ballast.ballast_path().unlink(missing_ok=True)


def announce(owner: Person, size_bytes: int = len(SONG)) -> ResumableUpload:
    return resumable_upload_create(owner=owner, size_bytes=size_bytes, now=NOW)


def test_free_space_is_that_of_the_real_disk() -> None:
    disk = os.statvfs(configured.DATA_DIR)
    assert abs(free_bytes() - disk.f_bavail * disk.f_frsize) < 1 << 30


def test_the_reserve_is_a_setting(disk: Disk, settings: Any) -> None:
    settings.DISK_RESERVE_MB = 300
    assert reserve_bytes() == 300_000_000
    disk.leave(100)
    assert (has_room(), has_room(100), has_room(101)) == (True, True, False)


def test_announced_uploads_count(anna: Person, boris: Person, disk: Disk) -> None:
    """Of every user, what has not arrived yet."""
    disk.leave(150_000)
    first = announce(anna)
    with pytest.raises(ProductError) as caught:
        announce(boris, 100_000)
    assert (caught.value.code, caught.value.http_status) == ("disk_full", 507)
    resumable_upload_append(upload=first, offset=0, data=SONG[:60_000], now=NOW)
    assert announced_bytes(now=NOW) == len(SONG) - 60_000
    announce(boris, 100_000)


def test_a_forgotten_upload_keeps_no_room_from_others(anna: Person, disk: Disk) -> None:
    disk.leave(100_000)
    announce(anna)
    assert announced_bytes(now=NOW + timedelta(minutes=59)) == len(SONG)
    assert announced_bytes(now=NOW + timedelta(minutes=61)) == 0


def test_forms_that_are_being_received_count(anna_client: Client, anna: Person, disk: Disk) -> None:
    disk.leave(200_000)
    form = running_forms.add(150_000)
    answer = anna_client.post("/api/predict/", {"file": upload()})
    assert (answer.status_code, answer.json()["error"]["code"]) == (507, "disk_full")
    form.received(140_000)
    assert running_forms.bytes_left() == 10_000
    assert anna_client.post("/api/predict/", {"file": upload()}).status_code == 202
    form.complete()
    assert running_forms.bytes_left() == 0


def test_a_form_that_does_not_fit_is_rejected_before_a_byte_of_it_is_stored(
    anna_client: Client, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    monkeypatch.setattr("classifier.uploads.upload_handlers.room_for", written.append)
    disk.leave(1000)
    page = anna_client.post(reverse("upload"), {"file": upload()})
    assert page.status_code == 507
    assert "The server’s disk is full: delete songs" in page.content.decode()
    answer = anna_client.post(reverse("upload"), {"file": upload()}, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (507, "disk_full")
    assert written == []
    assert not Song.objects.exists()


def test_the_reserve_is_checked_while_a_form_is_received(
    anna_client: Client, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program takes the room meanwhile."""

    @contextmanager
    def filling(length: int) -> Iterator[None]:
        disk.leave(-1)
        with room_for(length):
            yield

    monkeypatch.setattr("classifier.uploads.upload_handlers.room_for", filling)
    answer = anna_client.post("/api/predict/", {"file": upload()})
    assert (answer.status_code, answer.json()["error"]["code"]) == (507, "disk_full")
    assert files_under(configured.FILE_UPLOAD_TEMP_DIR) == []


def test_a_resumable_upload_stops_at_the_reserve_and_continues_later(anna: Person, disk: Disk) -> None:
    upload = announce(anna)
    resumable_upload_append(upload=upload, offset=0, data=SONG[:20_000], now=NOW)
    disk.leave(10_000)
    with pytest.raises(ProductError) as caught:
        resumable_upload_append(upload=upload, offset=20_000, data=SONG[20_000:], now=NOW)
    assert caught.value.code == "disk_full"
    assert ResumableUpload.objects.get().received_bytes == 20_000
    disk.leave(len(SONG))
    assert resumable_upload_append(upload=upload, offset=20_000, data=SONG[20_000:], now=NOW).song is not None


def test_writers_at_the_same_time_do_not_take_the_same_room(disk: Disk) -> None:
    disk.leave(500)

    def write(_: int) -> bool:
        try:
            with room_for(100):
                disk.free_bytes -= 100
                return True
        except ProductError:
            return False

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(write, range(20))) == 5
    assert has_room()


def test_a_file_of_the_command_line_and_demo_songs_leave_the_reserve(anna: Person, disk: Disk, media: Path) -> None:
    disk.leave(1000)
    with pytest.raises(ProductError, match="disk is full"):
        song_submit(owner=anna, upload=File(io.BytesIO(SONG), name="song.wav"), now=NOW)
    with pytest.raises(ProductError, match="disk is full"):
        demo_songs_add(owner=anna, now=NOW)
    assert not Song.objects.exists()
    assert files_under(media) == []


def test_an_analysis_leaves_the_reserve_and_is_repeated_when_there_is_room(
    song: Song, analyser: FakeAnalyser, disk: Disk
) -> None:
    disk.leave(1000)
    song_analyse(song_id=song.id)
    song.refresh_from_db()
    assert (song.status, song.error_code, song.can_retry) == (Status.FAILED, "disk_full", True)
    assert analyser.paths == []
    disk.leave(100_000_000)
    song_retry(song=song, now=NOW)
    song_analyse(song_id=song.id)
    song.refresh_from_db()
    assert song.status == Status.DONE


def test_a_disk_that_fills_during_an_analysis_fails_it(
    song: Song, analyser: FakeAnalyser, disk: Disk, media: Path
) -> None:
    analyser.interrupt = lambda: disk.leave(1000)
    song_analyse(song_id=song.id)
    song.refresh_from_db()
    assert (song.status, song.error_code) == (Status.FAILED, "disk_full")
    assert len(files_under(media)) == 1


def test_a_playable_copy_without_room_fails_the_song(
    song: Song, analyser: FakeAnalyser, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.ml_gateway.browsers_play", lambda source: False)
    analyser.result.duration_s = 3600.0
    disk.leave(50_000_000)
    song_analyse(song_id=song.id)
    song.refresh_from_db()
    assert (song.status, song.error_code) == (Status.FAILED, "disk_full")


def test_saliency_maps_leave_the_reserve(submit: Submit, analyser: FakeAnalyser, disk: Disk) -> None:
    song = submit()
    song_analyse(song_id=song.id)
    song = Song.objects.get()
    disk.leave(1000)
    with pytest.raises(ProductError, match="disk is full"):
        saliency_request(song=song, analysis=song.analysis, now=NOW)


def test_users_delete_edit_and_sign_in_while_only_the_reserve_is_left(
    anna: Person, anna_client: Client, song: Song, disk: Disk
) -> None:
    disk.leave(-1)
    page = anna_client.get(reverse("home")).content.decode()
    assert "The server’s disk is full." in page
    assert anna_client.post(reverse("song-edit", args=[song.id]), {"title": "New", "artist": ""}).status_code == 302
    assert anna_client.delete(f"/api/predictions/{song.id}/").status_code == 204
    disk.leave(1000)
    assert "The server’s disk is full." not in anna_client.get(reverse("home")).content.decode()


# --- A disk that is full to its last byte ---------------------------------------------------------


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
    from classifier.services.bulk import songs_delete

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


def test_the_ballast_is_written_and_given_up_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    free = [1 << 40]
    monkeypatch.setattr(ballast, "free_bytes", lambda: free[0])
    path = ballast.ballast_path()
    ballast.ballast_restore()
    assert path.stat().st_size == ballast.BALLAST_BYTES
    assert not ballast.ballast_release()

    truncate = os.truncate

    def give_up(file: Path, size: int) -> None:
        free[0] += Path(file).stat().st_size - size
        truncate(file, size)

    monkeypatch.setattr(ballast.os, "truncate", give_up)
    free[0] = 0
    assert ballast.ballast_release()
    assert path.stat().st_size == ballast.BALLAST_BYTES - ballast.STEP_BYTES
    assert not ballast.ballast_release()
    # It is not written again while there is little room.
    ballast.ballast_restore()
    assert path.stat().st_size == ballast.BALLAST_BYTES - ballast.STEP_BYTES
    free[0] = 1 << 40
    ballast.ballast_restore()
    assert path.stat().st_size == ballast.BALLAST_BYTES


def test_a_request_that_writes_releases_ballast_and_one_that_reads_does_not(
    anna_client: Client, song: Song, monkeypatch: pytest.MonkeyPatch
) -> None:
    releases: list[bool] = []
    monkeypatch.setattr("classifier.uploads.middleware.ballast_release", lambda: releases.append(True))
    anna_client.get(reverse("home"))
    anna_client.get(f"/api/predictions/{song.id}/")
    assert releases == []
    anna_client.delete(f"/api/predictions/{song.id}/")
    assert releases == [True]


def test_a_disk_without_a_ballast_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ballast, "free_bytes", lambda: 0)
    assert not ballast.ballast_release()
    ballast.ballast_restore()
    assert not ballast.ballast_path().exists()


def test_a_write_behind_the_limit_of_a_file_is_a_full_disk(anna: Person) -> None:
    """As in a container with a quota: the system refuses the bytes, though the disk has room."""
    upload = announce(anna)
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


# --- Reads write nothing --------------------------------------------------------------------------


@contextmanager
def read_only() -> Iterator[None]:
    """A database that refuses every write."""
    connection.connection.execute("PRAGMA query_only = ON")
    try:
        yield
    finally:
        connection.connection.execute("PRAGMA query_only = OFF")


@pytest.mark.django_db(transaction=True)
def test_pages_and_the_api_read_without_writing(
    anna: Person, anna_client: Client, submit: Submit, analyser: FakeAnalyser
) -> None:
    song = submit()
    song_analyse(song_id=song.id)
    _, key = token_create(owner=anna, name="a script", now=NOW)
    program = Client(headers={"Authorization": f"Bearer {key}"})
    pages = ["home", "song-list", "mood-map", "mood-points", "mood-time", "songs-csv", "health", "tokens"]
    addresses = [*map(reverse, pages), reverse("song-detail", args=[song.id]), reverse("song-audio", args=[song.id])]
    with read_only():
        for address in addresses:
            assert anna_client.get(address).status_code == 200, address
        for address in ("/api/predictions/", f"/api/predictions/{song.id}/", "/api/model/"):
            assert program.get(address).status_code == 200, address


def test_the_last_use_of_a_token_is_stored_once_a_minute(anna: Person, django_assert_num_queries: Any) -> None:
    _, key = token_create(owner=anna, name="a script", now=NOW)
    token_of_key(key=key, now=NOW)
    with django_assert_num_queries(1):
        token_of_key(key=key, now=NOW + timedelta(seconds=59))
    assert ApiToken.objects.get().last_used_at == NOW
    token_of_key(key=key, now=NOW + timedelta(seconds=61))
    assert ApiToken.objects.get().last_used_at == NOW + timedelta(seconds=61)


def test_a_last_use_that_cannot_be_stored_is_no_reason_to_reject_a_token(anna: Person) -> None:
    token, key = token_create(owner=anna, name="a script", now=NOW)
    with connection.execute_wrapper(FullDatabase(failures=1)):
        assert token_of_key(key=key, now=NOW) == token
    assert ApiToken.objects.get().last_used_at is None


def test_a_web_process_keeps_the_memory_that_sqlite_shares(tmp_path: Path) -> None:
    """On a full disk it could not be created again, and nobody could read."""
    path = tmp_path / "db.sqlite3"
    shared = tmp_path / "db.sqlite3-shm"

    def use() -> None:
        with closing(sqlite3.connect(path)) as other:
            other.execute("PRAGMA journal_mode = WAL")
            other.execute("CREATE TABLE IF NOT EXISTS songs (id)")

    use()
    assert not shared.exists()
    held = hold_open({"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)})
    use()
    assert shared.exists()
    assert held is not None
    held.close()
    assert hold_open({"ENGINE": "django.db.backends.postgresql", "NAME": "mood"}) is None
