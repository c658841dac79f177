"""Real OpenSubsonic servers as sources: what they list, and how they refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from classifier.errors import ProductError
from classifier.models import Person, Source, SourceKind
from classifier.sources.secrets import encrypt
from classifier.sources.servers import Server, server_for
from tests.system.music_servers import MusicServer, maneki, supysonic, write_library

SONGS = 7

Starter = Callable[[Path, Path], AbstractContextManager[MusicServer]]


@pytest.fixture(scope="module", params=[supysonic, maneki], ids=["supysonic", "maneki"])
def music_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MusicServer]:
    start: Starter = request.param
    folder = tmp_path_factory.mktemp("server")
    write_library(folder / "music", SONGS)
    with start(folder / "own", folder / "music") as server:
        yield server


def connected(server: MusicServer, *, address: str = "", password: str = "") -> Server:
    source = Source(
        owner=Person(username="anna"),
        kind=SourceKind.OPENSUBSONIC,
        address=address or server.address,
        username=server.username,
        encrypted_secret=encrypt(password or server.password),
    )
    return server_for(source)


def test_the_connection_is_checked(music_server: MusicServer) -> None:
    info = connected(music_server).check()
    assert info.product
    assert info.version
    assert info.songs == SONGS


def test_all_songs_are_listed_with_their_tags(music_server: MusicServer) -> None:
    items = sorted(connected(music_server).items(), key=lambda item: item.title)
    assert [item.title for item in items] == [f"Song {number:02d}" for number in range(SONGS)]
    assert len({item.key for item in items}) == len({item.file_id for item in items}) == SONGS
    first = items[0]
    assert (first.artist, first.album, first.year) == ("Artist 0", "Album 0", 2020)
    assert first.size_bytes == next(music_server.music.rglob("00 song.mp3")).stat().st_size
    assert first.duration_s == pytest.approx(4, abs=1)
    assert first.path.endswith("00 song.mp3")


def test_an_unchanged_library_is_listed_alike(music_server: MusicServer) -> None:
    assert set(connected(music_server).items()) == set(connected(music_server).items())


def test_a_song_is_downloaded_unchanged(music_server: MusicServer, tmp_path: Path) -> None:
    server = connected(music_server)
    item = next(item for item in server.items() if item.title == "Song 03")
    server.download(item.key, tmp_path / "song")
    assert (tmp_path / "song").read_bytes() == next(music_server.music.rglob("03 song.mp3")).read_bytes()


def test_a_part_of_a_song_is_read(music_server: MusicServer) -> None:
    server = connected(music_server)
    item = next(item for item in server.items() if item.title == "Song 03")
    whole = next(music_server.music.rglob("03 song.mp3")).read_bytes()
    with server.audio(item.key, "bytes=1000-1999") as answer:
        content = b"".join(answer.blocks)
    if answer.status == 206:
        assert content == whole[1000:2000]
        assert answer.headers["Content-Range"] == f"bytes 1000-1999/{len(whole)}"
    else:
        assert content == whole


def test_an_unknown_song_is_missing(music_server: MusicServer, tmp_path: Path) -> None:
    server = connected(music_server)
    known = next(server.items()).key
    unknown = "".join("0" if letter == "1" else "1" if letter.isdigit() else letter for letter in known)
    with pytest.raises(ProductError) as raised:
        server.download(unknown, tmp_path / "song")
    assert raised.value.code == "source_file_missing"
    assert not (tmp_path / "song").exists()


def test_a_wrong_password_is_refused(music_server: MusicServer) -> None:
    with pytest.raises(ProductError) as raised:
        connected(music_server, password="guess").check()
    assert raised.value.code == "source_refused"


def test_an_address_below_which_there_is_nothing_says_so(music_server: MusicServer) -> None:
    with pytest.raises(ProductError) as raised:
        connected(music_server, address=f"{music_server.address}/elsewhere").check()
    assert raised.value.code == "source_not_understood"
