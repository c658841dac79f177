"""OpenSubsonic servers differ: in how they sign in, list, hand out files and report errors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from classifier.models import SourceKind
from classifier.sources.opensubsonic import OpenSubsonicServer
from classifier.sources.servers import Server, ServerInfo
from tests.classifier.sources.connections import PASSWORD, connected, raises
from tests.classifier.sources.subsonic_stub import API_KEY, SubsonicStub, song
from tests.classifier.sources.web_servers import Answer, WebServer, as_json, web_server


@pytest.fixture
def stub() -> SubsonicStub:
    return SubsonicStub()


@pytest.fixture
def web(stub: SubsonicStub) -> Iterator[WebServer]:
    OpenSubsonicServer._ways.clear()
    with web_server(stub) as web:
        yield web


@pytest.fixture
def server(web: WebServer) -> Server:
    return connected(SourceKind.OPENSUBSONIC, f"{web.address}/music")


def titles(server: Server) -> list[str]:
    return [item.title for item in server.items()]


def test_a_token_signs_in_and_the_password_is_never_sent(server: Server, web: WebServer) -> None:
    assert server.check() == ServerInfo("stub", "0.9 (beta)", 7)
    assert all("t" in request.query and "p" not in request.parameters for request in web.requests)


def test_without_tokens_the_password_is_sent_in_the_body(server: Server, stub: SubsonicStub, web: WebServer) -> None:
    stub.takes_tokens = False
    assert server.check().songs == 7
    with_password = [request for request in web.requests if "p" in request.parameters]
    assert with_password
    assert all(request.method == "POST" and "p" not in request.query for request in with_password)


def test_how_an_account_signs_in_is_found_out_once(server: Server, stub: SubsonicStub, web: WebServer) -> None:
    stub.takes_tokens = False
    titles(server)
    titles(connected(SourceKind.OPENSUBSONIC, f"{web.address}/music"))
    assert sum("t" in request.query for request in web.requests) == 1


def test_without_a_user_name_the_secret_is_an_api_key(web: WebServer) -> None:
    server = connected(SourceKind.OPENSUBSONIC, f"{web.address}/music", username="", secret=API_KEY)
    assert server.check().songs == 7
    with raises("source_refused"):
        connected(SourceKind.OPENSUBSONIC, f"{web.address}/music", username="", secret="another").check()


@pytest.mark.parametrize("errors_as_xml", [False, True])
def test_a_wrong_password_is_refused(stub: SubsonicStub, web: WebServer, errors_as_xml: bool) -> None:
    stub.errors_as_xml = errors_as_xml
    with raises("source_refused"):
        connected(SourceKind.OPENSUBSONIC, f"{web.address}/music", secret="guess").check()


def test_the_server_says_how_many_songs_it_has(server: Server, stub: SubsonicStub) -> None:
    stub.scan_count = 20_000
    assert server.check().songs == 20_000


def test_items_have_what_the_server_says(server: Server) -> None:
    item = next(server.items())
    assert (item.key, item.title, item.artist, item.album) == ("s0", "Song 0", "Anna", "Album 0")
    assert (item.album_artist, item.year, item.music_genre) == ("Anna & Friends", 2020, "Folk")
    assert (item.path, item.size_bytes, item.duration_s) == ("Anna/Album/0.mp3", 3_000_000, 180)


def test_a_server_with_small_pages_is_listed_completely(server: Server, stub: SubsonicStub) -> None:
    stub.largest_page = 2
    assert titles(server) == [f"Song {number}" for number in range(7)]


def test_where_an_empty_search_finds_nothing_albums_are_listed(server: Server, stub: SubsonicStub) -> None:
    stub.lists_by_search = False
    stub.largest_page = 2
    assert titles(server) == [f"Song {number}" for number in range(7)]
    assert server.check().songs == 7


def test_where_the_search_takes_no_account_of_the_offset_albums_are_listed(server: Server, stub: SubsonicStub) -> None:
    stub.largest_page, stub.ignores_offset = 4, True
    assert titles(server) == [f"Song {number}" for number in range(7)]


def test_where_the_search_requires_a_text_albums_are_listed(server: Server, stub: SubsonicStub) -> None:
    stub.answers["search3"] = stub.error(10)
    assert titles(server) == [f"Song {number}" for number in range(7)]


def test_an_empty_library_is_no_error(server: Server, stub: SubsonicStub) -> None:
    stub.songs = []
    assert titles(server) == []
    assert server.check().songs == 0


def test_folders_and_videos_are_left_out(server: Server, stub: SubsonicStub) -> None:
    stub.songs = [song(0), song(1, isVideo=True), song(2, isDir=True)]
    assert titles(server) == ["Song 0"]


def test_a_song_is_downloaded(server: Server, stub: SubsonicStub, tmp_path: Path) -> None:
    server.download("s3", tmp_path / "song")
    assert (tmp_path / "song").read_bytes() == stub.audio


def test_without_the_right_to_download_the_unchanged_file_is_streamed(
    server: Server, stub: SubsonicStub, tmp_path: Path
) -> None:
    stub.may_download = False
    server.download("s3", tmp_path / "song")
    assert (tmp_path / "song").read_bytes() == stub.audio


@pytest.mark.parametrize("errors_as_xml", [False, True])
def test_an_unknown_song_is_missing(server: Server, stub: SubsonicStub, tmp_path: Path, errors_as_xml: bool) -> None:
    stub.errors_as_xml = errors_as_xml
    with raises("source_file_missing"):
        server.download("s99", tmp_path / "song")
    assert not (tmp_path / "song").exists()


def test_a_range_is_passed_on(server: Server, stub: SubsonicStub) -> None:
    with server.audio("s3", "bytes=100-199") as answer:
        assert (answer.status, answer.headers["Content-Range"]) == (206, "bytes 100-199/5120")
        assert b"".join(answer.blocks) == stub.audio[100:200]
    with server.audio("s3", "bytes=9999-") as answer:
        assert answer.status == 416


def test_items_stay_the_same_until_the_song_changes(server: Server, stub: SubsonicStub) -> None:
    before = list(server.items())
    assert list(server.items()) == before
    stub.songs[0] = song(0, title="Renamed")
    after = list(server.items())
    assert after[0].modified_ns != before[0].modified_ns
    assert after[1:] == before[1:]


def test_after_an_upgrade_that_changes_identifiers_and_paths_songs_are_recognised(
    server: Server, stub: SubsonicStub
) -> None:
    before = list(server.items())
    stub.songs = [song(number, id=f"new-{number}", path=f"elsewhere/{number}.mp3") for number in range(7)]
    after = list(server.items())
    assert {item.key for item in before} & {item.key for item in after} == set()
    for old, new in zip(before, after, strict=True):
        assert old.file_id
        assert (old.file_id, old.size_bytes, old.modified_ns) == (new.file_id, new.size_bytes, new.modified_ns)
    assert len({item.file_id for item in after}) == 7


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<html>Welcome</html>", "text/html"),
        Answer(b"<html>Welcome</html>", "application/json"),
        Answer(b'{"subsonic-response": {"status": "ok", "version": ', "application/json"),
        Answer(b"[" * 100_000, "application/json"),
        as_json(["subsonic-response"]),
        as_json({"subsonic-response": "ok"}),
        as_json({"subsonic-response": {"status": "perhaps"}}),
        as_json({"subsonic-response": {"status": "failed", "error": "all"}}),
        as_json({"detail": "Not found"}, status=404),
    ],
)
def test_what_is_no_answer_of_such_a_server_is_not_understood(
    server: Server, stub: SubsonicStub, answer: Answer
) -> None:
    stub.answers["ping"] = answer
    with raises("source_not_understood"):
        server.check()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_with_a_problem_is_unavailable(
    server: Server, stub: SubsonicStub, status: int, tmp_path: Path
) -> None:
    server.check()
    stub.answers["search3"] = stub.answers["download"] = Answer(b"<h1>Sorry</h1>", "text/html", status)
    with raises("source_unavailable"):
        list(server.items())
    with raises("source_unavailable"):
        server.download("s1", tmp_path / "song")


@pytest.mark.parametrize(
    "songs",
    [
        [{"title": "Without an identifier"}],
        [song(1, id="")],
        [song(1, id="two words")],
        [song(1, id="x" * 300)],
        [song(1, id=["s1"])],
        ["s1"],
    ],
)
def test_songs_without_an_identifier_are_not_understood(server: Server, stub: SubsonicStub, songs: list) -> None:
    stub.answers["search3"] = stub.reply(searchResult3={"song": songs})
    with raises("source_not_understood"):
        list(server.items())


def test_a_listing_that_never_ends_is_given_up(
    server: Server, stub: SubsonicStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.sources.opensubsonic.MAX_SONGS", 2000)

    class Endless(list):
        def __getitem__(self, part: slice) -> list:  # type: ignore[override]
            return [song(number) for number in range(part.start, part.stop)]

    stub.songs = Endless()
    with raises("source_not_understood"):
        list(server.items())


def test_albums_that_repeat_are_not_understood(server: Server, stub: SubsonicStub) -> None:
    stub.lists_by_search = False
    stub.answers["getAlbumList2"] = stub.reply(albumList2={"album": [{"id": "a0"}]})
    with raises("source_not_understood"):
        list(server.items())


def test_values_that_are_wrong_are_left_out(server: Server, stub: SubsonicStub) -> None:
    stub.songs = [
        song(
            0,
            size=-5,
            duration=float("inf"),
            year=123_456,
            path="../../etc/passwd",
            title="A\0B\u2028C" + "x" * 1000,
            artist=["Anna"],
            genre=7,
        ),
        song(1, size=1 << 90, duration="long", year=None, path=None, title=None),
    ]
    first, second = server.items()
    assert (first.size_bytes, first.duration_s, first.year, first.path) == (0, None, None, "")
    assert first.title.startswith("A B C")
    assert len(first.title) == 255
    assert (first.artist, first.music_genre) == ("", "")
    assert (second.size_bytes, second.duration_s, second.year, second.title) == (0, None, None, "")
    assert second.file_id == ""


def test_a_page_instead_of_a_song_is_not_understood(server: Server, stub: SubsonicStub, tmp_path: Path) -> None:
    stub.answers["download"] = Answer(b"<html>Please sign in</html>", "text/html; charset=utf-8")
    with raises("source_not_understood"):
        server.download("s1", tmp_path / "song")
    assert not (tmp_path / "song").exists()


def test_no_error_has_the_password(web: WebServer, stub: SubsonicStub) -> None:
    stub.answers["ping"] = stub.reply(status="failed", error={"code": 0, "message": f"Bad\npassword {'x' * 900}"})
    with raises("source_not_understood") as raised:
        connected(SourceKind.OPENSUBSONIC, f"{web.address}/music").check()
    assert "Bad password" in raised.value.message
    assert len(raised.value.message) < 500
    assert PASSWORD not in repr(raised.value)
