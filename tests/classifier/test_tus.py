"""The tus protocol 1.0 over HTTP, as https://tus.io/protocols/resumable-upload states it."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.http import parse_http_date

from classifier.accounts.tokens import token_create
from classifier.jobs.clean_up import clean_up
from classifier.models import Person, ResumableUpload, Song, Status
from classifier.uploads.partial_files import partial_file_path
from tests.classifier.conftest import Disk, Submit
from tests.classifier.tus_client import ENDPOINT, SHA256, SONG, TusClient, encoded, error_code, partial_files


@pytest.fixture
def tus(anna_client: Client) -> TusClient:
    """Anna, signed in with a session."""
    return TusClient(anna_client)


@pytest.fixture
def url(tus: TusClient) -> str:
    """The URL of an upload that Anna has created."""
    return tus.create()["Location"]


@pytest.fixture(autouse=True)
def _delete_partial_files() -> Iterator[None]:
    yield
    for name in partial_files():
        (configured.FILE_UPLOAD_TEMP_DIR / name).unlink()


def test_an_upload_in_two_chunks_becomes_a_song(tus: TusClient, anna: Person) -> None:
    created = tus.create(upload_metadata=f"filename {encoded('Nocturne.WAV')},filetype {encoded('audio/wav')}")
    assert (created.status_code, created["Upload-Offset"], created["Tus-Resumable"]) == (201, "0", "1.0.0")
    url = created["Location"]

    first = tus.patch(url, 0, SONG[:30_000])
    assert (first.status_code, first["Upload-Offset"], first.content) == (204, "30000", b"")
    assert "Upload-Song" not in first
    last = tus.patch(url, 30_000, SONG[30_000:])

    song = Song.objects.get()
    assert (last.status_code, last["Upload-Offset"]) == (204, str(len(SONG)))
    assert (last["Upload-Song"], last["Upload-Duplicate"]) == (f"/api/predictions/{song.id}/", "false")
    assert (song.owner, song.status, song.file_name, song.sha256) == (anna, Status.QUEUED, "Nocturne.WAV", SHA256)
    assert tus.client.get(last["Upload-Song"]).json()["file_name"] == "Nocturne.WAV"


def test_an_upload_works_with_an_api_token(anna: Person) -> None:
    _, key = token_create(owner=anna, name="tus", now=timezone.now())
    tus = TusClient(Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {key}"}))
    url = tus.create()["Location"]
    assert tus.patch(url, 0, SONG).status_code == 204
    assert Song.objects.get().owner == anna


def test_a_session_needs_a_csrf_token(anna: Person, url: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)
    forged = TusClient(client)
    assert error_code(forged.create(), 403) == "permission_denied"
    assert error_code(forged.patch(url, 0, SONG), 403) == "permission_denied"
    client.get(reverse("home"))
    assert forged.create(x_csrftoken=client.cookies["csrftoken"].value).status_code == 201


def test_an_anonymous_user_is_rejected(url: str) -> None:
    stranger = TusClient(Client())
    for response in (stranger.create(), stranger.patch(url, 0, SONG), stranger.request("DELETE", url)):
        assert error_code(response, 401) == "not_authenticated"
    assert stranger.head(url).status_code == 401


def test_the_upload_of_another_user_does_not_exist(boris_client: Client, url: str) -> None:
    boris = TusClient(boris_client)
    assert boris.head(url).status_code == 404
    assert error_code(boris.patch(url, 0, SONG), 404) == "not_found"
    assert error_code(boris.request("DELETE", url), 404) == "not_found"
    form = reverse("upload-delete", args=[ResumableUpload.objects.get().id])
    assert boris_client.post(form).status_code == 404
    assert ResumableUpload.objects.exists()


def test_options_names_version_extensions_and_maximum_size(tus: TusClient, settings: Any) -> None:
    settings.MAX_UPLOAD_MB = 3
    response = tus.client.options(ENDPOINT)
    assert response.status_code == 204
    assert response["Tus-Version"] == "1.0.0"
    assert response["Tus-Extension"] == "creation,creation-with-upload,expiration,termination,checksum"
    assert response["Tus-Max-Size"] == "3000000"
    assert response["Tus-Checksum-Algorithm"] == "sha1,sha256"


@pytest.mark.parametrize("version", ["", "0.2.2"])
def test_another_version_of_the_protocol_is_rejected(tus: TusClient, url: str, version: str) -> None:
    for response in (tus.create(tus_resumable=version), tus.patch(url, 0, SONG, tus_resumable=version)):
        assert error_code(response, 412) == "tus_version_unsupported"
        assert response["Tus-Version"] == "1.0.0"
    assert tus.head(url)["Upload-Offset"] == "0"


def test_head_tells_offset_length_and_metadata(tus: TusClient, url: str) -> None:
    tus.patch(url, 0, SONG[:20_000])
    response = tus.head(url)
    assert (response.status_code, response["Upload-Offset"], response["Upload-Length"]) == (
        200,
        "20000",
        str(len(SONG)),
    )
    assert response["Upload-Metadata"] == f"filename {encoded('song.wav')}"
    assert response["Cache-Control"] == "private, no-store"


def test_head_of_a_finished_upload_tells_its_song(tus: TusClient, url: str) -> None:
    """A client that missed the last answer finds the song all the same."""
    tus.patch(url, 0, SONG)
    response = tus.head(url)
    assert response["Upload-Offset"] == response["Upload-Length"] == str(len(SONG))
    assert response["Upload-Song"] == f"/api/predictions/{Song.objects.get().id}/"
    assert partial_files() == []


def test_an_empty_patch_of_a_finished_upload_tells_its_song(tus: TusClient, url: str) -> None:
    tus.patch(url, 0, SONG)
    response = tus.patch(url, len(SONG), b"")
    assert (response.status_code, "Upload-Song" in response) == (204, True)
    assert error_code(tus.patch(url, len(SONG), b"x"), 413) == "upload_too_long"


def test_a_file_that_is_not_audio_is_rejected_with_its_first_chunk(tus: TusClient) -> None:
    url = tus.create(900_000)["Location"]
    assert error_code(tus.patch(url, 0, b"The free encyclopedia. " * 400), 415) == "not_audio"
    assert tus.head(url).status_code == 404
    assert partial_files() == []


def test_a_duplicate_is_reported_with_the_existing_song(tus: TusClient, submit: Submit) -> None:
    song = submit(mark=7)
    last = tus.patch(tus.create()["Location"], 0, SONG)
    assert (last.status_code, last["Upload-Duplicate"]) == (204, "true")
    assert last["Upload-Song"] == f"/api/predictions/{song.id}/"


def test_an_existing_song_is_not_sent_again(tus: TusClient, boris_client: Client, submit: Submit) -> None:
    song = submit(mark=7)
    Song.objects.update(status=Status.FAILED, error_code="too_slow")
    metadata = f"filename {encoded('song.wav')},sha256 {encoded(SHA256)}"

    created = tus.create(upload_metadata=metadata)

    assert (created.status_code, created["Upload-Offset"]) == (201, str(len(SONG)))
    assert (created["Upload-Song"], created["Upload-Duplicate"]) == (f"/api/predictions/{song.id}/", "true")
    song.refresh_from_db()
    assert song.status == Status.QUEUED
    # A client that does not know the header is told by the offset.
    assert error_code(tus.patch(created["Location"], 0, SONG), 409) == "upload_offset_conflict"
    assert tus.head(created["Location"])["Upload-Offset"] == str(len(SONG))
    assert TusClient(boris_client).create(upload_metadata=metadata)["Upload-Offset"] == "0"
    Path(song.file.path).unlink()
    assert tus.create(upload_metadata=metadata)["Upload-Offset"] == "0"


def test_a_wrong_offset_is_a_conflict(tus: TusClient, url: str) -> None:
    tus.patch(url, 0, SONG[:20_000])
    for offset in (0, 19_999, 20_001):
        assert error_code(tus.patch(url, offset, SONG[offset:]), 409) == "upload_offset_conflict"
    assert error_code(tus.patch(url, 5, b""), 409)
    assert tus.head(url)["Upload-Offset"] == "20000"


@pytest.mark.parametrize("offset", ["", "-1", "one"])
def test_a_malformed_offset_is_rejected(tus: TusClient, url: str, offset: str) -> None:
    assert error_code(tus.patch(url, offset, SONG), 400) == "upload_offset_invalid"


def test_another_content_type_is_rejected(tus: TusClient, url: str) -> None:
    response = tus.patch(url, 0, SONG, content_type="application/octet-stream")
    assert error_code(response, 415) == "unsupported_media_type"


def test_a_chunk_behind_the_announced_end_is_rejected(tus: TusClient, url: str) -> None:
    assert error_code(tus.patch(url, 0, SONG + b"x"), 413) == "upload_too_long"


def test_a_chunk_larger_than_the_limit_is_rejected_by_its_length(tus: TusClient, url: str, settings: Any) -> None:
    settings.MAX_UPLOAD_MB = 1
    response = tus.patch(url, 0, bytes(2_000_001))
    assert (response.status_code, response.json()["error"]["code"]) == (413, "file_too_large")


def test_a_file_without_room_on_the_disk_is_rejected_before_it_is_sent(tus: TusClient, disk: Disk) -> None:
    disk.leave(len(SONG) - 1)
    assert error_code(tus.create(), 507) == "disk_full"
    assert not ResumableUpload.objects.exists()
    disk.leave(len(SONG))
    assert tus.create().status_code == 201


def test_a_disk_that_fills_on_the_way_keeps_what_was_stored(
    tus: TusClient, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tus.patch(url, 0, SONG[:20_000])

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("classifier.services.resumable_uploads.write_at", full)
        assert error_code(tus.patch(url, 20_000, SONG[20_000:]), 507) == "disk_full"
    assert tus.head(url)["Upload-Offset"] == "20000"
    assert tus.patch(url, 20_000, SONG[20_000:]).status_code == 204


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_chunk_is_verified_by_its_checksum(tus: TusClient, url: str, algorithm: str) -> None:
    chunk = SONG[:20_000]
    checksum = f"{algorithm} {encoded(hashlib.new(algorithm, chunk).digest())}"
    damaged = b"x" + chunk[1:]
    assert error_code(tus.patch(url, 0, damaged, upload_checksum=checksum), 460) == "checksum_mismatch"
    assert tus.head(url)["Upload-Offset"] == "0"
    assert tus.patch(url, 0, chunk, upload_checksum=checksum)["Upload-Offset"] == "20000"


@pytest.mark.parametrize("checksum", ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha1", "sha1 ???"])
def test_an_unsupported_checksum_is_rejected(tus: TusClient, url: str, checksum: str) -> None:
    assert error_code(tus.patch(url, 0, SONG, upload_checksum=checksum), 400) == "checksum_unsupported"


def test_delete_terminates_an_upload(tus: TusClient, url: str) -> None:
    tus.patch(url, 0, SONG[:5_000])
    response = tus.request("DELETE", url)
    assert (response.status_code, response["Tus-Resumable"]) == (204, "1.0.0")
    assert partial_files() == []
    assert tus.head(url).status_code == 404
    assert error_code(tus.patch(url, 5_000, SONG[5_000:]), 404) == "not_found"


def test_delete_of_a_finished_upload_keeps_the_song(tus: TusClient, url: str) -> None:
    tus.patch(url, 0, SONG)
    assert tus.request("DELETE", url).status_code == 204
    assert Song.objects.exists()


def test_a_form_deletes_an_upload_without_javascript(tus: TusClient, url: str) -> None:
    tus.patch(url, 0, SONG[:5_000])
    form = reverse("upload-delete", args=[ResumableUpload.objects.get().id])
    page = tus.client.post(form, follow=True).content.decode()
    assert "The unfinished upload of “song.wav” is deleted." in page
    assert partial_files() == []
    assert not ResumableUpload.objects.exists()


def test_the_method_can_be_overridden_in_a_header(tus: TusClient, url: str) -> None:
    response = tus.request("POST", url, SONG, x_http_method_override="PATCH", upload_offset="0")
    assert response.status_code == 204
    assert Song.objects.get().sha256 == SHA256
    assert error_code(tus.request("POST", url), 405) == "method_not_allowed"
    assert error_code(tus.request("GET", url), 405) == "method_not_allowed"


def test_uploads_tell_when_they_expire_and_are_deleted_then(tus: TusClient, url: str) -> None:
    response = tus.patch(url, 0, SONG[:5_000])
    upload = ResumableUpload.objects.get()
    assert parse_http_date(response["Upload-Expires"]) == int((upload.touched_at + timedelta(days=1)).timestamp())
    clean_up(now=timezone.now() + timedelta(hours=25))
    assert tus.head(url).status_code == 404
    assert error_code(tus.patch(url, 5_000, SONG[5_000:]), 404) == "not_found"


def test_many_chunks_are_not_throttled(tus: TusClient, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.API_CALLS_PER_MINUTE", 1)
    for offset in range(0, 30_000, 10_000):
        assert tus.patch(url, offset, SONG[offset : offset + 10_000]).status_code == 204


def test_the_partial_file_lies_where_the_clean_up_finds_it(tus: TusClient, url: str) -> None:
    tus.patch(url, 0, SONG[:5_000])
    assert partial_files() == [partial_file_path(ResumableUpload.objects.get().id).name]
    assert partial_files()[0].endswith(".upload")
