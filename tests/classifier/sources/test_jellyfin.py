"""Jellyfin as a source, against a stub: no Jellyfin server can be installed by pip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from classifier.models import SourceKind
from classifier.sources.servers import Server, ServerInfo
from tests.classifier.sources.connections import connected, raises
from tests.classifier.sources.jellyfin_stub import API_KEY, USER_ID, USERS, JellyfinStub, song
from tests.classifier.sources.web_servers import Answer, WebServer, as_json, web_server

SIGN_IN = f"/jellyfin{USERS}/AuthenticateByName"


@pytest.fixture
def stub() -> JellyfinStub:
    return JellyfinStub()


@pytest.fixture
def web(stub: JellyfinStub) -> Iterator[WebServer]:
    with web_server(stub) as web:
        yield web


@pytest.fixture
def server(web: WebServer) -> Server:
    return connected(SourceKind.JELLYFIN, f"{web.address}/jellyfin")


def test_a_user_name_and_a_password_sign_in_once(server: Server, web: WebServer) -> None:
    assert server.check() == ServerInfo("Jellyfin Server", "10.10.7", 7)
    list(server.items())
    assert web.paths().count(SIGN_IN) == 1
    assert {request.query["UserId"] for request in web.requests if request.path.endswith("/Items")} == {USER_ID}


def test_without_a_user_name_the_secret_is_an_api_key(web: WebServer) -> None:
    server = connected(SourceKind.JELLYFIN, f"{web.address}/jellyfin", username="", secret=API_KEY)
    assert server.check().songs == 7
    assert SIGN_IN not in web.paths()


@pytest.mark.parametrize(
    ("username", "secret"),
    [("anna", "guess"), ("boris", "guess"), ("", "guess"), ("", 'a" b'), ("", "käse"), ("", "a\nb")],
)
def test_wrong_passwords_and_keys_are_refused(web: WebServer, username: str, secret: str) -> None:
    with raises("source_refused"):
        connected(SourceKind.JELLYFIN, f"{web.address}/jellyfin", username=username, secret=secret).check()


def test_items_have_what_the_server_says(server: Server) -> None:
    items = list(server.items())
    assert [item.title for item in items] == [f"Song {number}" for number in range(7)]
    first = items[1]
    assert (first.key, first.path) == (f"{1:032x}", "/media/music/Anna/Album/1.mp3")
    assert (first.artist, first.album, first.album_artist) == ("Anna; Boris", "Album", "Anna")
    assert (first.year, first.music_genre, first.size_bytes, first.duration_s) == (2020, "Folk; Pop", 3_000_001, 181)
    assert len({item.file_id for item in items}) == 7


def test_a_song_is_downloaded_or_streamed_where_the_user_may_not_download(
    server: Server, stub: JellyfinStub, tmp_path: Path
) -> None:
    for stub.may_download in (True, False):
        server.download(f"{1:032x}", tmp_path / "song")
        assert (tmp_path / "song").read_bytes() == stub.audio
        (tmp_path / "song").unlink()


def test_a_range_is_passed_on(server: Server, stub: JellyfinStub) -> None:
    with server.audio(f"{1:032x}", "bytes=100-199") as answer:
        assert answer.status == 206
        assert b"".join(answer.blocks) == stub.audio[100:200]


@pytest.mark.parametrize("key", ["f" * 32, "../../System/Configuration", "a b"])
def test_an_unknown_song_is_missing(server: Server, tmp_path: Path, key: str) -> None:
    with raises("source_file_missing"):
        server.download(key, tmp_path / "song")


def test_fewer_songs_than_announced_are_no_listing(server: Server, stub: JellyfinStub) -> None:
    stub.total = 100
    with raises("source_not_understood"):
        list(server.items())


def test_a_listing_that_repeats_is_given_up(server: Server, stub: JellyfinStub) -> None:
    stub.repeats = True
    with raises("source_not_understood"):
        list(server.items())


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<html>Welcome</html>", "text/html"),
        as_json([]),
        as_json({"Items": 7, "TotalRecordCount": 7}),
        as_json({"Items": []}),
        as_json({"Items": [{"Name": "without an identifier"}], "TotalRecordCount": 1}),
        as_json({"Items": [song(1, Id="")], "TotalRecordCount": 1}),
    ],
)
def test_other_answers_are_not_understood(server: Server, stub: JellyfinStub, answer: Answer) -> None:
    stub.answers["/Items"] = answer
    with raises("source_not_understood"):
        list(server.items())


def test_another_kind_of_server_is_recognised(server: Server, stub: JellyfinStub) -> None:
    stub.answers["/System/Info/Public"] = as_json({"name": "something else"})
    with raises("source_not_understood"):
        server.check()


def test_a_server_with_a_problem_is_unavailable(server: Server, stub: JellyfinStub) -> None:
    stub.answers["/Items"] = Answer(b"Error processing request.", "text/plain", 500)
    with raises("source_unavailable"):
        list(server.items())
