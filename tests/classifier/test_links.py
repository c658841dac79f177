"""Links to audio files: what is downloaded, what is refused, and where no link leads."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.accounts.tokens import token_create
from classifier.errors import ProductError
from classifier.ml_gateway import MoodError
from classifier.models import Person, Quota, Song
from classifier.outgoing import session as outgoing_session
from classifier.services import link_download
from classifier.services.link_submit import link_submit
from tests.classifier.conftest import files_under
from tests.classifier.fake_analysis import wav
from tests.classifier.sources.web_servers import Answer, Request, WebServer, web_server

Server = Callable[[Callable[[Request], Answer]], WebServer]


@pytest.fixture
def serving(settings: Any) -> Iterator[Server]:
    """Starts servers on this machine, where links may lead in these tests."""
    settings.LINK_PRIVATE_NETWORKS = "everyone"
    from contextlib import ExitStack

    with ExitStack() as stack:
        yield lambda answer: stack.enter_context(web_server(answer))


def submit(owner: Person, link: str) -> tuple[Song, bool]:
    return link_submit(owner=owner, link=link, now=timezone.now())


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises((ProductError, MoodError)) as caught:
        call()
    return caught.value.code


def audio(**headers: str) -> Callable[[Request], Answer]:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return lambda request: Answer(wav(mark=7), "audio/wav", headers=named)


def test_a_link_becomes_a_song(anna: Person, serving: Server, media: Path) -> None:
    server = serving(audio())
    song, created = submit(anna, f" {server.address}/music/My%20Song.wav?x=1 ")
    assert (created, song.file_name, song.size_bytes) == (True, "My Song.wav", len(wav(mark=7)))
    assert (media / str(song.file.name)).read_bytes() == wav(mark=7)
    assert submit(anna, f"{server.address}/again.wav") == (song, False)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="../evil.wav"', "evil.wav"),
        ("attachment; filename*=UTF-8''N%C3%BCit.wav", "Nüit.wav"),
        ("attachment; filename=plain.wav", "plain.wav"),
    ],
)
def test_the_server_may_name_the_file(anna: Person, serving: Server, header: str, name: str) -> None:
    song, _ = submit(anna, f"{serving(audio(Content_Disposition=header)).address}/download?id=7")
    assert song.file_name == name


def test_redirects_are_followed_each_with_a_check(anna: Person, serving: Server) -> None:
    target = serving(audio())
    start = serving(lambda request: Answer(status=302, headers={"Location": f"{target.address}/a.wav"}))
    assert submit(anna, f"{start.address}/start")[1]
    circle = serving(lambda request: Answer(status=302, headers={"Location": "/again"}))
    assert code_of(lambda: submit(anna, circle.address)) == "link_failed"
    file = serving(lambda request: Answer(status=302, headers={"Location": "file:///etc/passwd"}))
    assert code_of(lambda: submit(anna, file.address)) == "link_not_allowed"


@pytest.mark.parametrize(
    "link", ["", "ftp://example.org/a.mp3", "file:///etc/passwd", "https://", "https://a:b@example.org/a.mp3",
             "http://example.org/a b.mp3", "http://[::1/a.mp3", "http://example.org/" + "x" * 2000],
)  # fmt: skip
def test_what_is_no_link_is_refused(anna: Person, link: str) -> None:
    assert code_of(lambda: submit(anna, link)) == "link_not_allowed"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(b"<html>", "text/html"), "link_not_audio"),
        (Answer(b"just text " * 1000, "audio/mpeg"), "not_audio"),
        (Answer(b"%PDF-1.4" + bytes(5000), "application/pdf"), "not_audio"),
        (Answer(b"", "audio/mpeg"), "not_audio"),
        (Answer(status=404), "link_missing"),
        (Answer(status=403), "link_refused"),
        (Answer(status=500), "link_failed"),
        (Answer(wav(), "audio/wav", headers={"Content-Length": "999999999999"}), "file_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.status} {value.media_type}",
)
def test_what_is_no_audio_file_leaves_nothing(
    anna: Person, serving: Server, media: Path, answer: Answer, code: str
) -> None:
    server = serving(lambda request: answer)
    assert code_of(lambda: submit(anna, f"{server.address}/a.mp3")) == code
    assert not Song.objects.exists()
    assert files_under(media) == []


def test_a_file_that_is_larger_than_it_says_is_cut_off(anna: Person, serving: Server, settings: Any) -> None:
    settings.MAX_UPLOAD_MB = 1
    blocks = (bytes(100_000) for _ in range(1000))
    server = serving(lambda request: Answer(wav(), "audio/wav", blocks=blocks))
    assert code_of(lambda: submit(anna, f"{server.address}/a.wav")) == "file_too_large"
    assert next(blocks, None) is not None


def test_a_server_that_sends_nothing_is_given_up(anna: Person, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.LINK_PRIVATE_NETWORKS = "everyone"
    monkeypatch.setattr(link_download, "TIME_LIMIT_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        link = f"http://127.0.0.1:{silent.getsockname()[1]}/a.mp3"
        assert code_of(lambda: submit(anna, link)) == "link_too_slow"


def test_a_quota_that_is_used_up_stops_the_download(anna: Person, serving: Server) -> None:
    server = serving(audio())
    submit(anna, f"{server.address}/a.wav")
    Quota.objects.create(owner=anna, songs=1)
    assert code_of(lambda: submit(anna, f"{server.address}/b.wav")) == "quota_exceeded"
    assert len(server.requests) == 1


PRIVATE = ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.5", "100.64.0.1", "169.254.169.254", "0.0.0.0", "::1",
           "fd00::1", "fe80::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_no_link_leads_into_the_own_network(anna: Person, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, address)
    monkeypatch.setattr(outgoing_session, "create_connection", lambda *args, **options: pytest.fail("It connected."))
    assert code_of(lambda: submit(anna, "http://files.example.org/a.mp3")) == "link_address_private"


def test_link_local_addresses_are_refused_even_where_the_network_is_allowed(
    anna: Person, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LINK_PRIVATE_NETWORKS = "everyone"
    resolve_to(monkeypatch, "169.254.169.254")
    assert code_of(lambda: submit(anna, "http://files.example.org/a.mp3")) == "link_address_private"


def test_a_redirect_into_the_own_network_is_refused(
    anna: Person, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first host is public; its answer, and what the second name resolves to, are those of an attacker."""
    with web_server(
        lambda request: Answer(status=302, headers={"Location": "http://inside.example.org/secret"})
    ) as server:
        port = int(server.address.rpartition(":")[2])
        real = outgoing_session.create_connection
        names = {"outside.example.org": "93.184.215.14", "inside.example.org": "127.0.0.1"}
        found = socket.getaddrinfo

        def resolve(host: str, *args: Any, **options: Any) -> list[Any]:
            if host not in names:
                return found(host, *args, **options)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (names[host], 80))]

        def connect(target: tuple[str, int], *args: Any, **options: Any) -> socket.socket:
            assert target[0] == "93.184.215.14"  # what was checked is what is connected to
            return real(("127.0.0.1", port), *args, **options)

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        monkeypatch.setattr(outgoing_session, "create_connection", connect)
        assert code_of(lambda: submit(anna, "http://outside.example.org/a.mp3")) == "link_address_private"
        assert len(server.requests) == 1


def resolve_to(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *args, **options: [(family, socket.SOCK_STREAM, 6, "", (address, 80))]
    )


def program(folder: Path, text: str) -> str:
    path = folder / "yt-dlp"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_a_page_is_for_yt_dlp_where_the_owner_has_set_it_up(
    anna: Person, serving: Server, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "found.wav").write_bytes(wav(mark=9))
    settings.YT_DLP = program(
        tmp_path, f'printf "%s\\n" "$@" > {tmp_path}/arguments\ncp {tmp_path}/found.wav "./A song.wav"'
    )
    server = serving(lambda request: Answer(b"<html>", "text/html"))
    song, created = submit(anna, f"{server.address}/watch?v=--exec")
    assert (created, song.file_name) == (True, "A song.wav")
    arguments = (tmp_path / "arguments").read_text().splitlines()
    assert arguments[-2:] == ["--", f"{server.address}/watch?v=--exec"]
    assert "--ignore-config" in arguments


@pytest.mark.parametrize("text", ["exit 1", "exit 0", "touch a.wav b.wav"])
def test_a_page_without_audio_is_refused(
    anna: Person, serving: Server, settings: Any, tmp_path: Path, text: str
) -> None:
    settings.YT_DLP = program(tmp_path, text)
    server = serving(lambda request: Answer(b"<html>", "text/html"))
    assert code_of(lambda: submit(anna, server.address)) == "link_not_audio"
    settings.YT_DLP = str(tmp_path / "nowhere")
    assert code_of(lambda: submit(anna, server.address)) == "link_not_audio"


def test_the_page_takes_a_link(anna: Person, anna_client: Client, serving: Server) -> None:
    server = serving(audio())
    answer = anna_client.post(reverse("upload-link"), {"link": f"{server.address}/a.wav"})
    song = Song.objects.get()
    assert answer.headers["Location"] == reverse("song-detail", args=[song.id])
    again = anna_client.post(reverse("upload-link"), {"link": f"{server.address}/a.wav"}, follow=True)
    assert "You already have this song" in again.text
    refused = anna_client.post(reverse("upload-link"), {"link": "ftp://example.org/"})
    assert refused.status_code == 400
    assert "only http and https are allowed" in refused.text


def test_a_program_sends_several_links(anna: Person, serving: Server) -> None:
    server = serving(lambda request: audio()(request) if request.path == "/a.wav" else Answer(status=404))
    _, key = token_create(owner=anna, name="a script", now=timezone.now())
    links = [f"{server.address}/a.wav", f"{server.address}/b.wav"]
    answer = Client().post(
        "/api/v1/songs/links/",
        json.dumps({"links": links}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )
    assert answer.status_code == 202
    first, second = answer.json()["results"]
    assert (first["created"], first["song"]["file_name"], first["error"]) == (True, "a.wav", None)
    assert (second["song"], second["error"]["code"]) == (None, "link_missing")
