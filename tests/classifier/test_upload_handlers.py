"""The upload handler of multipart forms."""

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


def temporary_files() -> list[str]:
    return files_under(Path(configured.FILE_UPLOAD_TEMP_DIR))


def test_the_checksum_is_computed_during_the_upload(anna_client: Client, anna: Person) -> None:
    anna_client.post("/api/predict/", {"file": upload(mark=5)})
    assert Song.objects.get().sha256 == hashlib.sha256(wav(mark=5)).hexdigest()


def test_an_upload_is_moved_and_not_copied(anna_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    inodes = []
    original = ChecksumUploadedFile.temporary_file_path

    def record(self: ChecksumUploadedFile) -> str:
        inodes.append(os.stat(original(self)).st_ino)
        return original(self)

    monkeypatch.setattr(ChecksumUploadedFile, "temporary_file_path", record)
    anna_client.post("/api/predict/", {"file": upload()})
    assert os.stat(Song.objects.get().file.path).st_ino in inodes
    assert temporary_files() == []


def test_a_rejected_file_leaves_nothing_behind(anna_client: Client) -> None:
    anna_client.post("/api/predict/", {"file": upload("a.mp3", content=b"plain words " * 1000)})
    assert temporary_files() == []


def test_a_disk_that_fills_during_the_upload_is_an_error(
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
    assert temporary_files() == files_under(media) == []


def test_a_file_over_its_limit_in_a_form_under_its_limit_is_rejected(anna_client: Client, settings: Any) -> None:
    settings.MAX_UPLOAD_MB = 1
    response = anna_client.post("/api/predict/", {"file": upload(content=wav() + bytes(1_200_000))})
    assert (response.status_code, response.json()["error"]["code"]) == (413, "file_too_large")
    assert temporary_files() == []
