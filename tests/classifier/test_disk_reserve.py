"""The reserve of the disk: uploads and analyses leave it free, and everything else works without the rest."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.files import File
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.errors import ProductError
from classifier.jobs.analyse import song_analyse
from classifier.jobs.saliency import saliency_request
from classifier.models import Person, ResumableUpload, Song, Status
from classifier.services.demo_songs_add import demo_songs_add
from classifier.services.resumable_uploads import resumable_upload_append, resumable_upload_create
from classifier.services.song_retry import song_retry
from classifier.services.song_submit import song_submit
from classifier.uploads import reserve_file
from classifier.uploads.disk_reserve import announced_bytes, free_bytes, has_room, reserve_bytes, room_for
from classifier.uploads.running_forms import running_forms
from tests.classifier.conftest import Disk, Submit, files_under
from tests.classifier.fake_analysis import FakeAnalyser, upload, wav

NOW = timezone.now()
SONG = wav(4.0, mark=7)


@pytest.fixture(autouse=True)
def _delete_partial_files() -> Iterator[None]:
    yield
    for path in configured.FILE_UPLOAD_TEMP_DIR.glob("*"):
        path.unlink()
    reserve_file.reserve_file_path().unlink(missing_ok=True)


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
