"""Clients that send a byte now and then, or read nothing, must not stop the pages for others."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
import requests

from mmc.web.settings import PREFETCH_BYTES
from tests import sounds
from tests.system.clients import ApiClient, first_visit
from tests.system.processes import wait_for
from tests.system.product import RunningProduct

# More connections than threads of every kind.
SLOW = 60
THREADS = 4
COOKIE = "Cookie: csrftoken=abcdefghijklmnopqrstuvwxyzABCDEF"
FORM = f"{COOKIE}\r\nContent-Type: application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProduct]:
    data_dir = tmp_path_factory.mktemp("product") / "var"
    with RunningProduct(data_dir, WEB_THREADS=str(THREADS), WEB_TRANSFERS=str(THREADS)) as product:
        yield product


@pytest.fixture(scope="module")
def api(product: RunningProduct) -> ApiClient:
    return first_visit(product.address)


class SlowClient:
    """A connection that has sent the beginning of a request, and then a byte now and then."""

    def __init__(self, port: int, request: str, receive_buffer: int = 0) -> None:
        self.received = b""
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect(("127.0.0.1", port))
        self.socket.sendall(request.encode())

    def send_a_byte(self) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(b"x")

    def was_closed(self) -> bool:
        """By the server; `received` has what it answered before."""
        try:
            while select.select([self.socket], [], [], 0)[0]:
                block = self.socket.recv(65536)
                if not block:
                    return True
                self.received += block
        except ConnectionResetError:
            return True
        return False


@contextmanager
def slow_clients(product: RunningProduct, request: str, receive_buffer: int = 0) -> Iterator[list[SlowClient]]:
    with ExitStack() as stack:
        clients = [SlowClient(product.port, request, receive_buffer) for _ in range(SLOW)]
        for client in clients:
            stack.callback(client.socket.close)
        yield clients


def head(first_line: str, *lines: str) -> str:
    return "\r\n".join((f"{first_line} HTTP/1.1", "Host: localhost", *lines))


def request(first_line: str, *lines: str) -> str:
    return head(first_line, *lines) + "\r\n\r\n"


SLOW_REQUESTS = {
    "nothing": "",
    "head": head("GET /login/", "X-Slow: "),
    "form": request("POST /login/", FORM, "Content-Length: 900"),
    "large form": request("POST /login/", FORM, f"Content-Length: {PREFETCH_BYTES + 1}"),
    "form of no page": request("POST /nothing/", FORM, f"Content-Length: {PREFETCH_BYTES + 1}"),
    "form in chunks": request(
        "POST /login/", COOKIE, "Content-Type: multipart/form-data; boundary=X", "Transfer-Encoding: chunked"
    ),
    "upload of a stranger": request("POST /api/predict/", "Content-Length: 9000000"),
}


@pytest.mark.parametrize("kind", SLOW_REQUESTS)
@pytest.mark.usefixtures("api")
def test_strangers_who_send_slowly_do_not_stop_the_pages(product: RunningProduct, kind: str) -> None:
    with slow_clients(product, SLOW_REQUESTS[kind]):
        for _ in range(3):
            assert requests.get(f"{product.address}/login/", timeout=60).status_code == 200


@pytest.mark.usefixtures("api")
def test_strangers_who_read_nothing_do_not_stop_the_pages(product: RunningProduct) -> None:
    font = "/static/vendor/newsreader/newsreader-latin.woff2"
    with slow_clients(product, request(f"GET {font}") * 8, receive_buffer=2048):
        assert requests.get(f"{product.address}/login/", timeout=60).status_code == 200


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("api")
def test_a_head_and_a_form_that_never_end_are_closed(product: RunningProduct) -> None:
    for kind in ("head", "form"):
        client = SlowClient(product.port, SLOW_REQUESTS[kind])

        def closed(client: SlowClient = client) -> bool:
            if client.was_closed():
                return True
            client.send_a_byte()
            return False

        wait_for(closed, what=f"end of a connection with a slow {kind}")
        client.socket.close()


def test_slow_uploads_and_downloads_of_a_user_do_not_stop_the_pages(
    product: RunningProduct, api: ApiClient, tmp_path: Path
) -> None:
    path = sounds.write(tmp_path / "long.wav", sounds.music(180.0))
    song = api.submit(path)
    token = f"Authorization: {api.headers['Authorization']}"
    upload = request(
        "POST /api/predict/", token, "Content-Type: multipart/form-data; boundary=X", "Content-Length: 9000000"
    )
    download = request(f"GET /songs/{song['id']}/audio", token)
    with slow_clients(product, upload + "--X\r\n"), slow_clients(product, download, receive_buffer=2048):
        for _ in range(3):
            assert requests.get(f"{product.address}/login/", timeout=60).status_code == 200
            assert api.song(song["id"])["id"] == song["id"]


def test_waiting_calls_do_not_stop_the_pages(product: RunningProduct, api: ApiClient, tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.wav", sounds.music(90.0)).read_bytes()

    def wait() -> None:
        url = f"{product.address}/api/predict/?wait=10"
        requests.post(url, files={"file": ("song.wav", song)}, headers=api.headers, timeout=120)

    threads = [threading.Thread(target=wait) for _ in range(2 * THREADS)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        assert requests.get(f"{product.address}/login/", timeout=60).status_code == 200
    for thread in threads:
        thread.join()


def test_a_body_that_is_too_large_is_answered_at_once_and_ends_the_connection(
    product: RunningProduct, api: ApiClient
) -> None:
    lines = (f"Authorization: {api.headers['Authorization']}", "Content-Length: 900000000", "Content-Type: audio/wav")
    client = SlowClient(product.port, request("POST /api/predict/", *lines))
    client.socket.settimeout(60)
    # A client that sends its body before it reads: the server takes it meanwhile, and drops it.
    client.socket.sendall(bytes(1_000_000))
    answer = b""
    while block := client.socket.recv(65536):
        answer += block
    headers, _, body = answer.partition(b"\r\n\r\n")
    assert headers.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in headers.lower().split(b"\r\n")
    assert b"file_too_large" in body
    client.socket.close()


@pytest.mark.usefixtures("api")
def test_the_headers_of_a_proxy_count_only_with_trust_proxy(product: RunningProduct) -> None:
    """gunicorn believes X-Forwarded-Proto of every client on this machine, unless it is told not to."""
    forged = {"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on", "Origin": product.address}
    session = requests.Session()
    session.get(f"{product.address}/login/", timeout=60)
    form = {"username": "olga", "password": "wrong", "csrfmiddlewaretoken": session.cookies["csrftoken"]}
    # Taken for HTTPS, the form would need an https:// Origin and a Referer.
    response = session.post(f"{product.address}/login/", data=form, headers=forged, timeout=60)
    assert response.status_code == 200, response.text


def test_beyond_the_limit_of_connections_the_one_that_waited_longest_is_closed(tmp_path: Path) -> None:
    with RunningProduct(tmp_path / "var", WEB_CONNECTIONS="20") as product:
        first_visit(product.address)
        with slow_clients(product, SLOW_REQUESTS["head"]) as clients:
            assert requests.get(f"{product.address}/login/", timeout=60).status_code == 200
            wait_for(lambda: clients[0].was_closed(), what="end of the oldest connection")
            assert not clients[-1].was_closed()
