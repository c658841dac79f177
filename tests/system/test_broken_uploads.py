"""Resumable uploads to the running product whose connection or server fails, by a session and by an API token."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests import sounds
from tests.system.clients import BrowserClient, first_visit
from tests.system.processes import wait_for
from tests.system.product import RunningProduct

CHUNK_BYTES = 300_000


@dataclass(frozen=True)
class TusClient:
    """A minimal tus client, whose connection can be cut."""

    address: str
    headers: dict[str, str]

    def create(self, content: bytes) -> str:
        metadata = f"filename {b64encode(b'song.wav').decode()}"
        headers = {**self.headers, "Upload-Length": str(len(content)), "Upload-Metadata": metadata}
        response = requests.post(f"{self.address}/api/uploads/", headers=headers, timeout=60)
        assert response.status_code == 201, response.text
        return response.headers["Location"]

    def offset(self, url: str) -> int:
        response = requests.head(f"{self.address}{url}", headers=self.headers, timeout=60)
        assert response.status_code == 200
        return int(response.headers["Upload-Offset"])

    def patch(self, url: str, content: bytes, offset: int, end: int) -> requests.Response:
        headers = self._patch_headers(offset)
        response = requests.patch(f"{self.address}{url}", data=content[offset:end], headers=headers, timeout=60)
        assert response.status_code == 204, response.text
        return response

    def patch_and_disconnect(self, url: str, content: bytes, length: int, sent: int) -> None:
        """Announce a body of `length` bytes, send the first `sent` of them, and close the connection."""
        host = urlsplit(self.address)
        lines = [f"PATCH {url} HTTP/1.1", f"Host: {host.netloc}", f"Content-Length: {length}"]
        lines += [f"{name}: {value}" for name, value in self._patch_headers(0).items()]
        with socket.create_connection((host.hostname or "", host.port or 80), timeout=60) as connection:
            connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + content[:sent])

    def song(self, response: requests.Response) -> dict[str, str]:
        return requests.get(f"{self.address}{response.headers['Upload-Song']}", headers=self.headers, timeout=60).json()

    def _patch_headers(self, offset: int) -> dict[str, str]:
        return {**self.headers, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProduct]:
    with RunningProduct(tmp_path_factory.mktemp("product") / "var") as product:
        yield product


@pytest.fixture(scope="module")
def browser(product: RunningProduct) -> BrowserClient:
    first_visit(product.address)
    browser = BrowserClient(product.address)
    browser.sign_in()
    return browser


@pytest.fixture(scope="module", params=["session", "token"])
def tus(request: pytest.FixtureRequest, browser: BrowserClient) -> TusClient:
    headers = {"Tus-Resumable": "1.0.0"}
    if request.param == "token":
        return TusClient(browser.address, {**headers, "Authorization": f"Bearer {browser.create_token()}"})
    cookies = {cookie.name: cookie.value for cookie in browser.session.cookies}
    return TusClient(
        browser.address,
        {
            **headers,
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": cookies["csrftoken"],
        },
    )


def song_bytes(folder: Path) -> bytes:
    seed = int.from_bytes(os.urandom(4), "big")
    return sounds.write(folder / "song.wav", sounds.music(20.0, seed=seed)).read_bytes()


def test_bytes_that_arrived_before_a_lost_connection_are_stored(tus: TusClient, tmp_path: Path) -> None:
    content = song_bytes(tmp_path)
    url = tus.create(content)
    tus.patch_and_disconnect(url, content, length=len(content), sent=200_000)
    wait_for(lambda: tus.offset(url) == 200_000, what="stored bytes")
    response = tus.patch(url, content, 200_000, len(content))
    assert tus.song(response)["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.timeout(600)
def test_an_upload_resumes_after_the_server_was_killed(
    product: RunningProduct, browser: BrowserClient, tus: TusClient, tmp_path: Path
) -> None:
    content = song_bytes(tmp_path)
    url = tus.create(content)
    tus.patch(url, content, 0, CHUNK_BYTES)
    for pid in product.pids_of("gunicorn"):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: browser.health().get("ok"), what="answer from the restarted server")
    assert tus.offset(url) == CHUNK_BYTES
    response = tus.patch(url, content, CHUNK_BYTES, len(content))
    assert tus.song(response)["sha256"] == hashlib.sha256(content).hexdigest()


def test_a_multipart_form_in_chunks_becomes_a_song(browser: BrowserClient, tmp_path: Path) -> None:
    """As Node streams, generators of requests and Go pipes send it: without a Content-Length."""
    content = song_bytes(tmp_path)
    disposition = b'Content-Disposition: form-data; name="file"; filename="K\xf6ln.wav"'
    body = b"--X\r\n" + disposition + b"\r\nContent-Type: audio/wav\r\n\r\n" + content + b"\r\n--X--\r\n"
    headers = {
        "Authorization": f"Bearer {browser.create_token()}",
        "Content-Type": "multipart/form-data; boundary=X",
    }
    chunks = (body[start : start + CHUNK_BYTES] for start in range(0, len(body), CHUNK_BYTES))
    response = requests.post(f"{browser.address}/api/predict/", data=chunks, headers=headers, timeout=60)
    assert response.status_code == 202, response.text
    assert response.json()["file_name"] == "Köln.wav"
    assert response.json()["sha256"] == hashlib.sha256(content).hexdigest()
