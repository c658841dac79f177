"""The tus protocol: the extensions “creation” and “creation with upload”, and the metadata of an upload."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client

from classifier.models import ResumableUpload, Song
from tests.classifier.conftest import Submit
from tests.classifier.tus_client import ENDPOINT, SHA256, SONG, TusClient, encoded, error_code, partial_files


@pytest.fixture
def tus(anna_client: Client) -> TusClient:
    """Anna, signed in with a session."""
    return TusClient(anna_client)


@pytest.fixture(autouse=True)
def _delete_partial_files() -> Iterator[None]:
    yield
    for name in partial_files():
        (configured.FILE_UPLOAD_TEMP_DIR / name).unlink()


@pytest.mark.parametrize(
    ("metadata", "file_name"),
    [
        (f"filename {encoded('Für Elise.wav')}", "Für Elise.wav"),
        (f"filename {encoded('Für Elise.wav'.encode('latin-1'))}", "Für Elise.wav"),
        (f"filename {encoded('夜の歌 🎵.flac')}", "夜の歌 🎵.flac"),
        (f"filename {encoded('أغنية.mp3')}", "أغنية.mp3"),
        (f"name {encoded('uppy.wav')},type {encoded('audio/wav')}", "uppy.wav"),
        (f"filename {encoded('../../etc/passwd')} , is_public", "passwd"),
        ("", "song"),
        ("filename", "song"),
    ],
)
def test_the_file_name_is_read_from_the_metadata(tus: TusClient, metadata: str, file_name: str) -> None:
    url = tus.create(upload_metadata=metadata)["Location"]
    tus.patch(url, 0, SONG)
    assert Song.objects.get().file_name == file_name


@pytest.mark.parametrize("metadata", ["filename song.wav", "filename !!!", "a " + "QUJD" * 2000])
def test_malformed_metadata_is_rejected(tus: TusClient, metadata: str) -> None:
    assert error_code(tus.create(upload_metadata=metadata), 400) == "upload_metadata_invalid"


@pytest.mark.parametrize(
    ("size", "status", "code"),
    [
        ("0", 400, "file_empty"),
        ("2000001", 413, "file_too_large"),
        ("-1", 400, "upload_length_invalid"),
        ("", 400, "upload_length_invalid"),
        ("9" * 30, 400, "upload_length_invalid"),
    ],
)
def test_a_wrong_length_is_rejected_before_anything_is_sent(
    tus: TusClient, settings: Any, size: str, status: int, code: str
) -> None:
    settings.MAX_UPLOAD_MB = 2
    assert error_code(tus.create(size), status) == code
    assert not ResumableUpload.objects.exists()


def test_a_deferred_length_is_rejected(tus: TusClient) -> None:
    response = tus.request("POST", ENDPOINT, upload_defer_length="1")
    assert error_code(response, 400) == "upload_length_invalid"


def test_creation_with_upload_takes_the_first_bytes(tus: TusClient) -> None:
    created = tus.create(body=SONG[:25_000])
    assert (created.status_code, created["Upload-Offset"]) == (201, "25000")
    assert tus.patch(created["Location"], 25_000, SONG[25_000:]).status_code == 204
    assert Song.objects.get().sha256 == SHA256


def test_creation_with_upload_of_the_whole_file_tells_the_song(tus: TusClient) -> None:
    created = tus.create(body=SONG)
    assert created["Upload-Song"] == f"/api/predictions/{Song.objects.get().id}/"


def test_creation_with_upload_of_an_existing_song_ignores_the_body(tus: TusClient, submit: Submit) -> None:
    song = submit(mark=7)
    metadata = f"filename {encoded('song.wav')},sha256 {encoded(SHA256)}"
    created = tus.create(body=SONG[:25_000], upload_metadata=metadata)
    assert (created.status_code, created["Upload-Offset"]) == (201, str(len(SONG)))
    assert created["Upload-Song"] == f"/api/predictions/{song.id}/"


def test_creation_with_upload_needs_the_content_type(tus: TusClient) -> None:
    created = tus.create(body=SONG[:25_000], content_type="application/octet-stream")
    assert error_code(created, 415) == "unsupported_media_type"
    assert not ResumableUpload.objects.exists()


def test_creation_with_upload_of_text_is_rejected(tus: TusClient) -> None:
    text = b"The free encyclopedia. " * 4000
    assert error_code(tus.create(len(text), body=text), 415) == "not_audio"
    assert not ResumableUpload.objects.exists()
