"""Uploads on their way to the disk."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client

from classifier.models import Person, Song
from classifier.uploads.upload_handlers import ChecksumUploadedFile
from tests.classifier.conftest import files_under
from tests.classifier.fake_analysis import upload, wav


def arriving() -> list[str]:
    return files_under(Path(configured.FILE_UPLOAD_TEMP_DIR))


def test_the_checksum_is_made_while_the_file_arrives(anna_client: Client, anna: Person) -> None:
    anna_client.post("/api/predict/", {"file": upload(mark=5)})
    assert Song.objects.get().sha256 == hashlib.sha256(wav(mark=5)).hexdigest()


def test_what_arrived_is_moved_and_not_copied(anna_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    places = []
    original = ChecksumUploadedFile.temporary_file_path

    def noted(self: ChecksumUploadedFile) -> str:
        places.append(os.stat(original(self)).st_ino)
        return original(self)

    monkeypatch.setattr(ChecksumUploadedFile, "temporary_file_path", noted)
    anna_client.post("/api/predict/", {"file": upload()})
    assert os.stat(Song.objects.get().file.path).st_ino in places
    assert arriving() == []


def test_a_refused_file_leaves_nothing(anna_client: Client) -> None:
    anna_client.post("/api/predict/", {"file": upload("a.mp3", content=b"plain words " * 1000)})
    assert arriving() == []


def test_a_disk_that_fills_while_the_file_arrives_is_told(
    anna_client: Client, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: ChecksumUploadedFile, name: str, content_type: str) -> None:
        original(self, name, content_type)
        self.file.write = no_room

    def no_room(data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    original = ChecksumUploadedFile.__init__
    monkeypatch.setattr(ChecksumUploadedFile, "__init__", full)

    response = anna_client.post("/api/predict/", {"file": upload()})

    assert (response.status_code, response.json()["error"]["code"]) == (507, "disk_full")
    assert not Song.objects.exists()
    assert arriving() == files_under(media) == []


def test_a_file_over_the_limit_within_a_form_under_it(anna_client: Client, settings: Any) -> None:
    settings.MAX_UPLOAD_MB = 1
    response = anna_client.post("/api/predict/", {"file": upload(content=wav() + bytes(1_200_000))})
    assert (response.status_code, response.json()["error"]["code"]) == (413, "file_too_large")
    assert arriving() == []
