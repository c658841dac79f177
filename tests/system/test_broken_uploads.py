"""Uploads to the running product whose connection or server fails."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests import sounds
from tests.system.clients import BrowserClient, first_visit
from tests.system.processes import wait_for
from tests.system.product import RunningProduct

PART_BYTES = 300_000


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


def song_bytes(folder: Path, seed: int) -> bytes:
    return sounds.write(folder / "song.wav", sounds.music(20.0, seed=seed)).read_bytes()


def headers(browser: BrowserClient, **more: str) -> dict[str, str]:
    return {"X-CSRFToken": browser.session.cookies["csrftoken"], "Accept": "application/json", **more}


def begin(browser: BrowserClient, content: bytes) -> str:
    response = browser.session.post(
        f"{browser.address}/arriving/",
        data={"name": "song.wav", "size": len(content)},
        headers=headers(browser),
        timeout=10,
    )
    assert response.status_code == 201, response.text
    return response.json()["address"]


def received_bytes(browser: BrowserClient, place: str) -> int:
    return browser.session.get(f"{browser.address}{place}", headers=headers(browser), timeout=10).json()[
        "received_bytes"
    ]


def send(browser: BrowserClient, place: str, content: bytes, offset: int, end: int) -> requests.Response:
    return browser.session.patch(
        f"{browser.address}{place}",
        data=content[offset:end],
        headers=headers(browser, **{"Upload-Offset": str(offset), "Content-Type": "application/octet-stream"}),
        timeout=30,
    )


def send_and_disconnect(browser: BrowserClient, place: str, content: bytes, announced: int, sent: int) -> None:
    """Send the beginning of a part, then close the connection."""
    host = urlsplit(browser.address)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.session.cookies)
    lines = [
        f"PATCH {place} HTTP/1.1",
        f"Host: {host.netloc}",
        f"Cookie: {cookies}",
        f"Content-Length: {announced}",
        "Content-Type: application/octet-stream",
        "Upload-Offset: 0",
        *(f"{name}: {value}" for name, value in headers(browser).items()),
    ]
    with socket.create_connection((host.hostname or "", host.port or 80), timeout=10) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + content[:sent])


def test_bytes_that_arrived_before_a_lost_connection_are_stored(browser: BrowserClient, tmp_path: Path) -> None:
    content = song_bytes(tmp_path, 1)
    place = begin(browser, content)
    send_and_disconnect(browser, place, content, PART_BYTES, 200_000)
    wait_for(lambda: received_bytes(browser, place) == 200_000, what="stored bytes")
    response = send(browser, place, content, 200_000, len(content))
    assert response.status_code == 201, response.text


@pytest.mark.timeout(600)
def test_an_upload_resumes_after_the_server_was_killed(
    product: RunningProduct, browser: BrowserClient, tmp_path: Path
) -> None:
    content = song_bytes(tmp_path, 2)
    place = begin(browser, content)
    assert send(browser, place, content, 0, PART_BYTES).status_code == 200
    for pid in product.pids_of("gunicorn"):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: browser.health().get("ok"), what="answer from the restarted server")
    assert received_bytes(browser, place) == PART_BYTES
    response = send(browser, place, content, PART_BYTES, len(content))
    assert response.status_code == 201, response.text
    song = browser.session.get(f"{browser.address}/api/predictions/{response.json()['song']['id']}/", timeout=10).json()
    assert song["sha256"] == hashlib.sha256(content).hexdigest()
