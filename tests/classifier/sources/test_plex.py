"""Plex as a source, against a stub: no Plex Media Server can be installed by pip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from classifier.models import SourceKind
from classifier.sources.servers import Server, ServerInfo
from tests.classifier.sources.connections import connected, raises
from tests.classifier.sources.plex_stub import TOKEN, PlexStub, track
from tests.classifier.sources.web_servers import Answer, WebServer, web_server


@pytest.fixture
def stub() -> PlexStub:
    return PlexStub()


@pytest.fixture
def web(stub: PlexStub) -> Iterator[WebServer]:
    with web_server(stub) as web:
        yield web


@pytest.fixture
def server(web: WebServer) -> Server:
    return connected(SourceKind.PLEX, web.address, username="", secret=TOKEN)


def test_the_token_signs_in(server: Server) -> None:
    assert server.check() == ServerInfo("Plex Media Server", "1.41.2.9200", 7)


@pytest.mark.parametrize("token", ["guess", "a\nb"])
def test_a_wrong_token_is_refused(web: WebServer, token: str) -> None:
    with raises("source_refused"):
        connected(SourceKind.PLEX, web.address, username="", secret=token).check()


def test_items_have_what_the_server_says(server: Server, web: WebServer) -> None:
    items = list(server.items())
    assert [item.title for item in items] == [f"Song {number}" for number in range(7)]
    first = items[1]
    assert (first.key, first.path) == ("101", "/music/Anna/Album/1.mp3")
    assert (first.artist, first.album, first.album_artist) == ("Anna", "Album", "Various Artists")
    assert (first.year, first.music_genre, first.size_bytes, first.duration_s) == (2020, "Folk", 3_000_001, 181)
    assert len({item.file_id for item in items}) == 7
    assert len(web.requests) == 6  # start, sections, four pages: none for a single song


def test_a_song_is_downloaded(server: Server, stub: PlexStub, tmp_path: Path) -> None:
    server.download("103", tmp_path / "song")
    assert (tmp_path / "song").read_bytes() == stub.audio


def test_a_range_is_passed_on(server: Server, stub: PlexStub) -> None:
    with server.audio("103", "bytes=100-199") as answer:
        assert answer.status == 206
        assert b"".join(answer.blocks) == stub.audio[100:200]


@pytest.mark.parametrize("key", ["999", "../../identity", "x"])
def test_an_unknown_song_is_missing(server: Server, tmp_path: Path, key: str) -> None:
    with raises("source_file_missing"):
        server.download(key, tmp_path / "song")


@pytest.mark.parametrize("path", ["@evil.example/x", "http://evil.example/x", "/library/parts/../../x", ""])
def test_a_file_elsewhere_is_not_fetched(server: Server, stub: PlexStub, tmp_path: Path, path: str) -> None:
    part = stub.tracks[3].find("./Media/Part")
    assert part is not None
    part.set("key", path)
    with raises("source_file_missing"):
        server.download("103", tmp_path / "song")


def test_fewer_songs_than_announced_are_no_listing(server: Server, stub: PlexStub) -> None:
    stub.total = 100
    with raises("source_not_understood"):
        list(server.items())


def test_a_song_without_an_identifier_is_not_understood(server: Server, stub: PlexStub) -> None:
    stub.tracks[0] = track(0, ratingKey="")
    with raises("source_not_understood"):
        list(server.items())


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<html>Welcome<br></html>", "text/html"),
        Answer(b"<MediaContainer", "text/xml"),
        Answer(b"", "text/xml"),
        Answer(b"{}", "application/json"),
        Answer(b"", "text/xml", 418),
        Answer(b"", "text/xml", 499),
    ],
)
@pytest.mark.parametrize("path", ["/", "/library/sections", "/library/sections/2/all"])
def test_other_answers_are_not_understood(server: Server, stub: PlexStub, answer: Answer, path: str) -> None:
    stub.answers[path] = answer
    with raises("source_not_understood"):
        server.check()


def test_a_server_with_a_problem_is_unavailable(server: Server, stub: PlexStub) -> None:
    stub.answers["/library/sections/2/all"] = Answer(b"", "text/html", 503)
    with raises("source_unavailable"):
        list(server.items())
