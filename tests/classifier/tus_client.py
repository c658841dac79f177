"""A client of the tus protocol for tests, and what it sends."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path
from typing import Any

from django.conf import settings as configured
from django.test import Client

from tests.classifier.conftest import files_under
from tests.classifier.fake_analysis import wav

SONG = wav(4.0, mark=7)
SHA256 = hashlib.sha256(SONG).hexdigest()
ENDPOINT = "/api/uploads/"


def encoded(value: str | bytes) -> str:
    return b64encode(value.encode() if isinstance(value, str) else value).decode()


class TusClient:
    """A minimal tus client on top of Django's test client."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def request(self, method: str, url: str, body: bytes = b"", /, **headers: str) -> Any:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        names = {"tus-resumable": "1.0.0", **names}
        content_type = names.pop("content-type", "application/offset+octet-stream")
        return self.client.generic(method, url, body, headers=names, CONTENT_TYPE=content_type)

    def create(self, size: object = len(SONG), /, body: bytes = b"", **headers: str) -> Any:
        headers.setdefault("upload_metadata", f"filename {encoded('song.wav')}")
        return self.request("POST", ENDPOINT, body, upload_length=str(size), **headers)

    def patch(self, url: str, offset: object, body: bytes, /, **headers: str) -> Any:
        return self.request("PATCH", url, body, upload_offset=str(offset), **headers)

    def head(self, url: str) -> Any:
        return self.request("HEAD", url)


def partial_files() -> list[str]:
    return files_under(Path(configured.FILE_UPLOAD_TEMP_DIR))


def error_code(response: Any, status: int) -> str:
    assert response.status_code == status, response.content
    assert response["Tus-Resumable"] == "1.0.0"
    return response.json()["error"]["code"]
