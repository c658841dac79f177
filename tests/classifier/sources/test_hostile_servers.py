"""A server that hangs, never ends, lies, redirects or is not there: an error with a sentence, and nothing more."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from classifier.models import SourceKind
from classifier.outgoing import session as outgoing_session
from classifier.sources import downloads, http_session
from classifier.sources.opensubsonic import OpenSubsonicServer
from tests.classifier.sources.connections import connected, raises
from tests.classifier.sources.subsonic_stub import SubsonicStub
from tests.classifier.sources.web_servers import Answer, Request, web_server

SUBSONIC = SourceKind.OPENSUBSONIC


@pytest.fixture(autouse=True)
def _no_sign_ins() -> None:
    OpenSubsonicServer._ways.clear()


@pytest.fixture
def over() -> Iterator[threading.Event]:
    """Set at the end of the test, so that no thread of its servers stays."""
    event = threading.Event()
    yield event
    event.set()


def check_at(address: str, kind: SourceKind = SUBSONIC) -> None:
    connected(kind, address).check()


@pytest.mark.parametrize("kind", [SUBSONIC, SourceKind.JELLYFIN, SourceKind.PLEX])
def test_an_unreachable_server_is_unavailable(kind: SourceKind) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with raises("source_unavailable") as raised:
        check_at(f"http://127.0.0.1:{port}", kind)
    assert "cannot be reached" in raised.value.message


def test_an_unknown_host_is_unavailable() -> None:
    with raises("source_unavailable") as raised:
        check_at("http://no-such-host.invalid")
    assert "cannot be reached" in raised.value.message


@pytest.mark.parametrize("kind", [SUBSONIC, SourceKind.JELLYFIN, SourceKind.PLEX])
def test_a_server_that_hangs_is_given_up(
    kind: SourceKind, over: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_session, "READ_TIMEOUT_S", 0.2)

    def hang(request: Request) -> Answer:
        over.wait()
        return Answer()

    with web_server(hang) as web, raises("source_unavailable") as raised:
        check_at(web.address, kind)
    assert "took too long" in raised.value.message


def test_an_answer_that_comes_byte_by_byte_is_given_up(over: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_session, "ANSWER_TIME_LIMIT_S", 0.3)

    def drip(request: Request) -> Answer:
        return Answer(b"{", blocks=iter(lambda: b"" if over.wait(0.01) else b" ", b""))

    with web_server(drip) as web, raises("source_unavailable") as raised:
        check_at(web.address)
    assert "took too long" in raised.value.message


def test_a_head_that_comes_byte_by_byte_is_given_up(over: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_session, "ANSWER_TIME_LIMIT_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                try:
                    while not over.wait(0.01):
                        connection.sendall(b"x")
                except OSError:
                    pass

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        with raises("source_unavailable"):
            check_at(f"http://127.0.0.1:{listener.getsockname()[1]}")
        thread.join()


def test_endless_answers_and_compressed_ones_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_session, "MAX_ANSWER_BYTES", 1_000_000)
    bomb = gzip.compress(bytes(50_000_000))
    for answer in (
        lambda request: Answer(blocks=repeat(bytes(10_000))),
        lambda request: Answer(bomb, headers={"Content-Encoding": "gzip"}),
    ):
        with web_server(answer) as web, raises("source_not_understood"):
            check_at(web.address)


def downloading(web_address: str, target: Path) -> None:
    connected(SUBSONIC, f"{web_address}/music").download("s1", target)


def test_a_song_without_an_end_is_too_large(tmp_path: Path, settings: Any) -> None:
    settings.MAX_UPLOAD_MB = 1
    stub = SubsonicStub()
    with web_server(stub) as web:
        stub.answers["download"] = Answer(media_type="audio/mpeg", blocks=repeat(bytes(10_000)))
        with raises("source_file_too_large"):
            downloading(web.address, tmp_path / "song")
        stub.answers["download"] = Answer(b"x", "audio/mpeg", headers={"Content-Length": "99000000"})
        with raises("source_file_too_large"):
            downloading(web.address, tmp_path / "song")


def test_a_song_that_comes_too_slowly_is_given_up(
    tmp_path: Path, over: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub = SubsonicStub()
    drip = iter(lambda: b"" if over.wait(0.01) else b" ", b"")
    stub.answers["download"] = Answer(media_type="audio/mpeg", blocks=drip)
    with web_server(stub) as web:
        connected(SUBSONIC, f"{web.address}/music").check()
        monkeypatch.setattr("classifier.sources.opensubsonic.DOWNLOAD_TIME_LIMIT_S", 0.3)
        with raises("source_unavailable"):
            downloading(web.address, tmp_path / "song")


def test_a_song_that_breaks_off_is_unavailable_and_not_taken_for_a_shorter_one(tmp_path: Path) -> None:
    stub = SubsonicStub()
    stub.answers["download"] = Answer(
        b"x" * 100, "audio/mpeg", headers={"Content-Length": "5000", "Connection": "close"}
    )
    with web_server(stub) as web, raises("source_unavailable"):
        downloading(web.address, tmp_path / "song")


def test_a_full_disk_ends_a_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from classifier.uploads.limits import disk_full

    def full(extra_bytes: int = 0) -> None:
        raise disk_full()

    monkeypatch.setattr(downloads, "require_room", full)
    with web_server(SubsonicStub()) as web, raises("disk_full"):
        downloading(web.address, tmp_path / "song")


def test_only_redirects_to_the_same_host_are_followed() -> None:
    stub = SubsonicStub()
    with web_server(stub) as real:

        def inside(request: Request) -> Answer:
            if request.path.startswith("/music"):
                return stub(request)
            query = "&".join(f"{name}={value}" for name, value in request.query.items())
            return Answer(status=301, headers={"Location": f"/music{request.path}?{query}"})

        with web_server(inside) as web:
            assert connected(SUBSONIC, web.address).check().songs == 7

        for target in (real.address + "/music", "http://user:pw@localhost:1/x", "ftp://127.0.0.1/", "http://[bad"):

            def outside(request: Request, target: str = target) -> Answer:
                return Answer(status=302, headers={"Location": f"{target}/rest/ping.view"})

            with web_server(outside) as web, raises("source_not_understood"):
                check_at(web.address)
        assert len(real.requests) == 0

        def circle(request: Request) -> Answer:
            return Answer(status=302, headers={"Location": request.path})

        with web_server(circle) as web, raises("source_not_understood"):
            check_at(web.address)
        assert len(web.requests) == http_session.MAX_REDIRECTS + 1


def test_nothing_of_the_environment_changes_where_requests_go(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login root password of-the-server\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with web_server(SubsonicStub()) as web:
        connected(SUBSONIC, f"{web.address}/music").check()
        assert all("Authorization" not in request.headers for request in web.requests)


def test_cookies_are_not_kept() -> None:
    stub = SubsonicStub()

    def with_cookie(request: Request) -> Answer:
        answer = stub(request)
        answer.headers["Set-Cookie"] = "who=anna"
        return answer

    with web_server(with_cookie) as web:
        connected(SUBSONIC, f"{web.address}/music").check()
        assert all("Cookie" not in request.headers for request in web.requests)


Resolver = Callable[..., list]


def resolving(*answers: str) -> Resolver:
    """A name server that answers with another address each time, and with the last one for ever."""
    waiting = list(answers)

    def resolve(host: str, port: int, *args: object, **options: object) -> list:
        address = host if _is_address(host) else waiting.pop(0) if len(waiting) > 1 else waiting[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    return resolve


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.1.5", "100.64.0.1", "169.254.169.254", "0.0.0.0", "::1", "fd00::1", "fe80::1",
     "::ffff:127.0.0.1", "64:ff9b::7f00:1"],
)  # fmt: skip
def test_a_shared_installation_connects_to_no_private_address(
    address: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SOURCE_PRIVATE_NETWORKS = "nobody"
    monkeypatch.setattr(socket, "getaddrinfo", resolving(address))
    monkeypatch.setattr(outgoing_session, "create_connection", lambda *args, **options: pytest.fail("It connected."))
    with raises("source_address_private"):
        check_at("http://music.example.org")


def test_link_local_addresses_are_refused_to_everyone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolving("169.254.169.254"))
    with raises("source_address_private"):
        check_at("http://metadata.example.org")


def test_a_name_that_changes_its_address_is_checked_at_every_connection(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: what is connected to is what was checked."""
    settings.SOURCE_PRIVATE_NETWORKS = "nobody"
    monkeypatch.setattr(socket, "getaddrinfo", resolving("93.184.215.14", "127.0.0.1"))
    tried: list[str] = []

    def connect(target: tuple[str, int], *args: object, **options: object) -> socket.socket:
        tried.append(target[0])
        raise OSError("not reachable")

    monkeypatch.setattr(outgoing_session, "create_connection", connect)
    with raises("source_unavailable"):
        check_at("http://music.example.org")
    with raises("source_address_private"):
        check_at("http://music.example.org")
    assert tried == ["93.184.215.14"]


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with web_server(SubsonicStub(), context) as web, raises("source_unavailable") as raised:
        check_at(f"{web.address}/music")
    assert "certificate" in raised.value.message
    assert web.requests == []
