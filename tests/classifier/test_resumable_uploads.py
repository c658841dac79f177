"""Files that arrive in parts."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.errors import ProductError
from classifier.jobs.clean_up import clean_up
from classifier.models import Person, ResumableUpload, Song, Status
from classifier.uploads.partial_files import checksums, partial_file_path
from classifier.uploads.resumable_uploads import (
    MAX_UNFINISHED_UPLOADS,
    AppendResult,
    resumable_upload_append,
    resumable_upload_create,
)
from tests.classifier.conftest import Submit, files_under
from tests.classifier.fake_analysis import wav

NOW = timezone.now()
SONG = wav(4.0, mark=7)
SHA256 = hashlib.sha256(SONG).hexdigest()


def incoming() -> list[str]:
    return files_under(Path(configured.FILE_UPLOAD_TEMP_DIR))


@pytest.fixture(autouse=True)
def _nothing_arrives_any_more() -> Iterator[None]:
    yield
    for name in incoming():
        (configured.FILE_UPLOAD_TEMP_DIR / name).unlink()


@pytest.fixture
def file(anna: Person) -> ResumableUpload:
    """A song that Anna has announced."""
    return resumable_upload_create(owner=anna, name="song.wav", size_bytes=len(SONG), now=NOW)


def append(file: ResumableUpload, start: int, end: int, content: bytes = SONG) -> AppendResult:
    return resumable_upload_append(file=file, offset=start, part=content[start:end], now=NOW)


def refusal(*arguments: Any) -> ProductError:
    with pytest.raises(ProductError) as caught:
        append(*arguments)
    return caught.value


def announce(client: Client, name: str = "song.wav", size: object = len(SONG), **more: str) -> Any:
    return client.post(reverse("arriving-begin"), {"name": name, "size": size, **more})


def patch(client: Client, address: str, offset: object, part: bytes) -> Any:
    kind = "application/octet-stream"
    return client.patch(address, part, content_type=kind, headers={"upload-offset": str(offset)})


def test_a_file_sent_in_parts_becomes_a_song(anna_client: Client, anna: Person) -> None:
    begun = announce(anna_client, "Nocturne.WAV")
    assert (begun.status_code, begun.json()["received_bytes"]) == (201, 0)
    address = begun.json()["address"]

    first = patch(anna_client, address, 0, SONG[:30_000])
    assert (first.status_code, first.json()["received_bytes"], first["Upload-Offset"]) == (200, 30_000, "30000")
    last = patch(anna_client, address, 30_000, SONG[30_000:])

    assert (last.status_code, last.json()["created"]) == (201, True)
    song = Song.objects.get()
    assert last.json()["song"]["id"] == str(song.id)
    assert (song.owner, song.status, song.file_name, song.sha256) == (anna, Status.QUEUED, "Nocturne.WAV", SHA256)
    assert Path(song.file.path).read_bytes() == SONG
    assert incoming() == []
    assert not ResumableUpload.objects.exists()


def test_it_goes_on_from_where_it_stopped(anna_client: Client, file: ResumableUpload) -> None:
    append(file, 0, 20_000)
    address = reverse("arriving-file", args=[file.id])
    asked = anna_client.get(address)
    assert (asked.json()["received_bytes"], asked["Upload-Offset"]) == (20_000, "20000")
    assert anna_client.head(address)["Upload-Offset"] == "20000"
    assert patch(anna_client, address, 20_000, SONG[20_000:]).status_code == 201


def test_a_part_sent_again_changes_nothing(file: ResumableUpload) -> None:
    append(file, 0, 20_000)
    assert append(file, 0, 20_000).received_bytes == 20_000
    assert append(file, 10_000, 40_000).received_bytes == 40_000
    song = append(file, 40_000, len(SONG)).song
    assert song is not None
    assert song.sha256 == SHA256


def test_another_file_does_not_go_on_in_place_of_the_first(file: ResumableUpload) -> None:
    append(file, 0, 20_000)
    other = bytearray(SONG)
    other[15_000] ^= 1
    error = refusal(file, 10_000, 40_000, bytes(other))
    assert (error.code, error.http_status) == ("part_differs", 409)
    file.refresh_from_db()
    assert file.received_bytes == 20_000


def test_a_part_behind_a_gap_is_refused_with_the_place_to_go_on(file: ResumableUpload) -> None:
    append(file, 0, 5_000)
    error = refusal(file, 6_000, 7_000)
    assert (error.code, error.http_status) == ("offset_wrong", 409)
    assert "byte 5000 is the first that is missing" in error.message


def test_more_than_was_announced_is_refused(file: ResumableUpload) -> None:
    assert refusal(file, 0, len(SONG) + 1, SONG + b"x").code == "part_malformed"


def test_what_is_no_sound_is_refused_with_its_first_part(anna_client: Client) -> None:
    address = announce(anna_client, "song.mp3", 900_000).json()["address"]
    response = patch(anna_client, address, 0, b"The free encyclopedia. " * 400)
    assert (response.status_code, response.json()["error"]["code"]) == (415, "not_audio")
    assert incoming() == []
    assert not ResumableUpload.objects.exists()


def test_first_bytes_in_many_small_parts_are_seen_all_the_same(anna: Person) -> None:
    file = resumable_upload_create(owner=anna, name="a.mp3", size_bytes=900_000, now=NOW)
    text = b"plain words " * 1000
    append(file, 0, 3000, text)
    with pytest.raises(Exception, match="is a text") as caught:
        append(file, 3000, 5000, text)
    assert caught.value.code == "not_audio"


def test_a_row_that_says_more_than_the_disk_has_is_not_believed(file: ResumableUpload) -> None:
    """After a power cut."""
    append(file, 0, 20_000)
    os.truncate(partial_file_path(file.id), 8_000)
    assert refusal(file, 20_000, 30_000).code == "offset_wrong"
    append(file, 8_000, 20_000)
    song = append(file, 20_000, len(SONG)).song
    assert song is not None
    assert Path(song.file.path).read_bytes() == SONG
    assert song.sha256 == SHA256


def test_what_a_killed_process_wrote_without_saying_so_is_written_again(file: ResumableUpload) -> None:
    append(file, 0, 20_000)
    with partial_file_path(file.id).open("ab") as stream:
        stream.write(b"half a part")
    append(file, 20_000, len(SONG))
    assert Path(Song.objects.get().file.path).read_bytes() == SONG


def test_the_checksum_is_right_in_a_process_that_saw_only_the_end(file: ResumableUpload) -> None:
    append(file, 0, 20_000)
    checksums.forget(file.id)
    append(file, 20_000, 40_000)
    append(file, 40_000, len(SONG))
    assert Song.objects.get().sha256 == SHA256


def test_the_same_file_again_is_the_same_song(file: ResumableUpload, anna: Person, media: Path) -> None:
    append(file, 0, len(SONG))
    again = resumable_upload_create(owner=anna, name="renamed.wav", size_bytes=len(SONG), now=NOW)
    appended = append(again, 0, len(SONG))
    assert (appended.song, appended.created) == (Song.objects.get(), False)
    assert incoming() == []
    assert len(files_under(media)) == 1


def test_what_is_here_already_need_not_be_sent(
    anna_client: Client, boris_client: Client, file: ResumableUpload
) -> None:
    append(file, 0, len(SONG))
    Song.objects.update(status=Status.FAILED, error_code="too_slow")
    known = announce(anna_client, sha256=SHA256)
    assert known.status_code == 200
    assert (known.json()["song"]["id"], known.json()["song"]["status"]) == (str(Song.objects.get().id), "queued")
    assert "song" not in announce(boris_client, sha256=SHA256).json()
    Path(Song.objects.get().file.path).unlink()
    assert "song" not in announce(anna_client, sha256=SHA256).json()


@pytest.mark.parametrize(
    ("size", "code"),
    [("0", "file_empty"), ("2000001", "file_too_large"), ("-1", "size_malformed"), ("", "size_malformed")],
)
def test_a_size_that_cannot_be_is_refused_before_anything_is_sent(
    anna_client: Client, settings: Any, size: str, code: str
) -> None:
    settings.MAX_UPLOAD_MB = 2
    assert announce(anna_client, size=size).json()["error"]["code"] == code
    assert not ResumableUpload.objects.exists()


def test_a_file_for_which_there_is_no_room_is_refused_before_it_is_sent(
    anna_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 1000

    monkeypatch.setattr("classifier.uploads.resumable_uploads.shutil.disk_usage", lambda place: Usage)
    response = announce(anna_client)
    assert (response.status_code, response.json()["error"]["code"]) == (507, "disk_full")


def test_a_disk_that_fills_on_the_way_is_told_and_keeps_what_there_is(
    anna_client: Client, file: ResumableUpload, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = reverse("arriving-file", args=[file.id])
    append(file, 0, 20_000)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("classifier.uploads.resumable_uploads.write_at", full)
        response = patch(anna_client, address, 20_000, SONG[20_000:])
    assert (response.status_code, response.json()["error"]["code"]) == (507, "disk_full")
    assert patch(anna_client, address, 20_000, SONG[20_000:]).status_code == 201


@pytest.mark.parametrize("offset", ["", "-1", "one"])
def test_a_part_says_where_it_begins(anna_client: Client, file: ResumableUpload, offset: str) -> None:
    response = patch(anna_client, reverse("arriving-file", args=[file.id]), offset, SONG)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "offset_malformed")


def test_an_empty_part_is_refused(anna_client: Client, file: ResumableUpload) -> None:
    response = patch(anna_client, reverse("arriving-file", args=[file.id]), 0, b"")
    assert (response.status_code, response.json()["error"]["code"]) == (400, "part_malformed")


def test_a_part_that_is_too_large_is_refused_by_its_length(anna_client: Client, file: ResumableUpload) -> None:
    response = patch(anna_client, reverse("arriving-file", args=[file.id]), 0, bytes(5_000_001))
    assert response.status_code == 413


def test_another_persons_file_is_as_absent_as_one_that_never_was(boris_client: Client, file: ResumableUpload) -> None:
    address = reverse("arriving-file", args=[file.id])
    answers = (
        boris_client.get(address),
        patch(boris_client, address, 0, SONG),
        boris_client.delete(address),
        boris_client.post(reverse("arriving-discard", args=[file.id])),
    )
    assert [answer.status_code for answer in answers] == [404] * 4
    assert ResumableUpload.objects.exists()


def test_strangers_and_forged_requests_get_nowhere(file: ResumableUpload, anna: Person) -> None:
    address = reverse("arriving-file", args=[file.id])
    assert patch(Client(), address, 0, SONG).status_code == 302
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(anna)
    assert patch(forged, address, 0, SONG).status_code == 403
    assert announce(forged).status_code == 403


def test_a_file_is_given_up_by_script_and_by_form(anna_client: Client, anna: Person, file: ResumableUpload) -> None:
    append(file, 0, 5_000)
    assert anna_client.delete(reverse("arriving-file", args=[file.id])).status_code == 204
    assert incoming() == []
    other = resumable_upload_create(owner=anna, name="b.wav", size_bytes=10, now=NOW)
    assert anna_client.post(reverse("arriving-discard", args=[other.id])).status_code == 302
    assert not ResumableUpload.objects.exists()
    assert refusal(file, 5_000, 6_000).code == "not_found"
    assert incoming() == []


def test_nobody_begins_without_end(anna: Person, boris: Person) -> None:
    ResumableUpload.objects.bulk_create(
        ResumableUpload(owner=anna, file_name="a.wav", size_bytes=10, created_at=NOW, touched_at=NOW)
        for _ in range(MAX_UNFINISHED_UPLOADS)
    )
    with pytest.raises(ProductError) as caught:
        resumable_upload_create(owner=anna, name="b.wav", size_bytes=10, now=NOW)
    assert (caught.value.code, caught.value.http_status) == ("arriving_too_many", 409)
    resumable_upload_create(owner=boris, name="b.wav", size_bytes=10, now=NOW)


def test_what_nobody_went_on_with_for_a_day_is_removed(file: ResumableUpload, anna: Person) -> None:
    append(file, 0, 5_000)
    clean_up(now=NOW + timedelta(hours=23))
    assert ResumableUpload.objects.exists()
    clean_up(now=NOW + timedelta(hours=25))
    assert not ResumableUpload.objects.exists()
    assert incoming() == []


@pytest.mark.django_db(transaction=True)
def test_of_the_same_parts_sent_by_two_pages_at_once_one_song_is_made(anna: Person, media: Path) -> None:
    file = resumable_upload_create(owner=anna, name="song.wav", size_bytes=len(SONG), now=NOW)
    together = threading.Barrier(4)

    def send(_: int) -> Song | None:
        mine = ResumableUpload.objects.get(id=file.id)
        together.wait(timeout=20)
        try:
            for start in range(0, len(SONG), 8_000):
                done = append(mine, start, min(start + 8_000, len(SONG)))
            return done.song
        except ProductError:
            return None  # It is a song already.
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        songs = set(threads.map(send, range(4)))

    [song] = Song.objects.all()
    assert songs - {None} == {song}
    assert (song.sha256, Path(song.file.path).read_bytes()) == (SHA256, SONG)
    assert incoming() == []


def test_a_song_that_was_sent_in_one_piece_is_known_too(anna_client: Client, submit: Submit) -> None:
    song = submit(mark=7)
    assert announce(anna_client, sha256=song.sha256).json()["created"] is False
