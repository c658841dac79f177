"""Uploads of the running product whose connection or whose server breaks."""

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
from tests.system.processes import wait_for
from tests.system.product import Serving
from tests.system.visitor import Visitor, newcomer

PART_BYTES = 300_000


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("product") / "var") as serving:
        yield serving


@pytest.fixture(scope="module")
def visitor(serving: Serving) -> Visitor:
    newcomer(serving.address)
    visitor = Visitor(serving.address)
    visitor.session.get(f"{serving.address}/login/", timeout=10)
    form = {
        "username": "olga",
        "password": "open sesame, please",
        "csrfmiddlewaretoken": visitor.session.cookies["csrftoken"],
    }
    visitor.session.post(f"{serving.address}/login/", data=form, timeout=10)
    return visitor


def song(folder: Path, seed: int) -> bytes:
    return sounds.write(folder / "song.wav", sounds.music(20.0, seed=seed)).read_bytes()


def headers(visitor: Visitor, **more: str) -> dict[str, str]:
    return {"X-CSRFToken": visitor.session.cookies["csrftoken"], "Accept": "application/json", **more}


def begin(visitor: Visitor, content: bytes) -> str:
    answer = visitor.session.post(
        f"{visitor.address}/arriving/",
        data={"name": "song.wav", "size": len(content)},
        headers=headers(visitor),
        timeout=10,
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["address"]


def received(visitor: Visitor, place: str) -> int:
    return visitor.session.get(f"{visitor.address}{place}", headers=headers(visitor), timeout=10).json()[
        "received_bytes"
    ]


def send(visitor: Visitor, place: str, content: bytes, offset: int, end: int) -> requests.Response:
    return visitor.session.patch(
        f"{visitor.address}{place}",
        data=content[offset:end],
        headers=headers(visitor, **{"Upload-Offset": str(offset), "Content-Type": "application/octet-stream"}),
        timeout=30,
    )


def break_off(visitor: Visitor, place: str, content: bytes, announced: int, sent: int) -> None:
    """Send the beginning of a part, and hang up."""
    host = urlsplit(visitor.address)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.session.cookies)
    lines = [
        f"PATCH {place} HTTP/1.1",
        f"Host: {host.netloc}",
        f"Cookie: {cookies}",
        f"Content-Length: {announced}",
        "Content-Type: application/octet-stream",
        "Upload-Offset: 0",
        *(f"{name}: {value}" for name, value in headers(visitor).items()),
    ]
    with socket.create_connection((host.hostname or "", host.port or 80), timeout=10) as line:
        line.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + content[:sent])


def test_what_came_before_the_connection_broke_is_kept(visitor: Visitor, tmp_path: Path) -> None:
    content = song(tmp_path, 1)
    place = begin(visitor, content)
    break_off(visitor, place, content, PART_BYTES, 200_000)
    wait_for(lambda: received(visitor, place) == 200_000, timeout_s=10, what="bytes that came")
    answer = send(visitor, place, content, 200_000, len(content))
    assert answer.status_code == 201, answer.text


@pytest.mark.timeout(120)
def test_an_upload_goes_on_after_the_server_was_killed(serving: Serving, visitor: Visitor, tmp_path: Path) -> None:
    content = song(tmp_path, 2)
    place = begin(visitor, content)
    assert send(visitor, place, content, 0, PART_BYTES).status_code == 200
    for pid in serving.processes("gunicorn"):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: visitor.health().get("ok"), timeout_s=60, what="server that is there again")
    assert received(visitor, place) == PART_BYTES
    answer = send(visitor, place, content, PART_BYTES, len(content))
    assert answer.status_code == 201, answer.text
    found = visitor.session.get(f"{visitor.address}/api/predictions/{answer.json()['song']['id']}/", timeout=10).json()
    assert found["sha256"] == hashlib.sha256(content).hexdigest()
