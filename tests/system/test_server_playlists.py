"""A playlist on a real OpenSubsonic server: it follows the library under the same identifier and a clean name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from classifier.models import Person, Playlist, Song, SongLocation, Source, SourceKind
from classifier.playlists.rule import PlaylistRule
from classifier.playlists.schedule import playlists_update
from classifier.playlists.stored import playlist_create
from classifier.playlists.sync import server_copy_delete
from classifier.sources.scan import source_scan
from classifier.sources.secrets import encrypt
from tests.classifier.playlists.shelf import shelve_moods
from tests.system.music_servers import MusicServer, maneki, supysonic, write_library

SONGS = 6
START = datetime(2026, 5, 4, 14, tzinfo=UTC)


@pytest.fixture(scope="module", params=[supysonic, maneki], ids=["supysonic", "maneki"])
def music_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MusicServer]:
    folder = tmp_path_factory.mktemp("server")
    write_library(folder / "music", SONGS)
    with request.param(folder / "own", folder / "music") as server:
        yield server


@pytest.fixture
def source(anna: Person, music_server: MusicServer) -> Source:
    """Scanned, and each song analysed: the first is the saddest."""
    source = Source.objects.create(
        owner=anna,
        kind=SourceKind.OPENSUBSONIC,
        name="Server",
        address=music_server.address,
        username=music_server.username,
        encrypted_secret=encrypt(music_server.password),
        created_at=START,
    )
    assert source_scan(source, START)
    for number, location in enumerate(SongLocation.objects.filter(source=source).order_by("song__title")):
        song = shelve_moods(anna, f"Song {number:02d}", sad=0.9 - number / 10, duration_s=100.0 + 2 * number)
        assert location.song is not None
        location.song.delete()
        SongLocation.objects.filter(id=location.id).update(song=song)
    return source


def ask(server: MusicServer, method: str, **parameters: str) -> dict[str, object]:
    """As another client of the server."""
    password = f"enc:{server.password.encode().hex()}"
    values = {"u": server.username, "p": password, "v": "1.16.1", "c": "test", "f": "json", **parameters}
    base = server.address if server.address.endswith("/rest") else f"{server.address}/rest"
    answer: dict[str, object] = requests.post(f"{base}/{method}.view", data=values, timeout=30).json()[
        "subsonic-response"
    ]
    assert answer["status"] == "ok", answer
    return answer


def songs_on_server(server: MusicServer, playlist_id: str) -> tuple[str, list[str]]:
    """The name of the list, and its titles in order."""
    playlist = ask(server, "getPlaylist", id=playlist_id)["playlist"]
    assert isinstance(playlist, dict)
    return playlist["name"], [entry["title"] for entry in playlist.get("entry", [])]


def set_sadness(title: str, sad: float) -> None:
    Song.objects.filter(title=title).update(sort_sad=sad)


def test_a_list_follows_the_library_under_the_same_id(source: Source, music_server: MusicServer) -> None:
    now = START
    rule = PlaylistRule(order="mixture", weights={"sad": 1}, songs=3)
    playlist_create(owner=source.owner, name="Sad & tender", rule=rule, source_id=source.id, now=now)
    assert playlists_update(lambda: now) == 1
    stored = Playlist.objects.get()
    assert stored.error_message == ""
    assert songs_on_server(music_server, stored.server_playlist_id) == (
        "Sad & tender",
        ["Song 00", "Song 01", "Song 02"],
    )

    set_sadness("Song 05", 0.99)
    set_sadness("Song 01", 0.05)
    now += timedelta(days=1)
    assert playlists_update(lambda: now) == 1
    later = Playlist.objects.get()
    assert later.error_message == ""
    assert later.server_playlist_id == stored.server_playlist_id
    assert songs_on_server(music_server, later.server_playlist_id) == (
        "Sad & tender",
        ["Song 05", "Song 00", "Song 02"],
    )

    Playlist.objects.update(name="Only sad")
    now += timedelta(days=1)
    assert playlists_update(lambda: now) == 1
    assert songs_on_server(music_server, stored.server_playlist_id)[0] == "Only sad"

    server_copy_delete(Playlist.objects.get())
    assert stored.server_playlist_id not in str(ask(music_server, "getPlaylists"))


def test_a_list_that_somebody_deleted_is_made_again(source: Source, music_server: MusicServer) -> None:
    now = START
    rule = PlaylistRule(order="mixture", weights={"sad": 1}, songs=2)
    playlist_create(owner=source.owner, name="Again", rule=rule, source_id=source.id, now=now)
    assert playlists_update(lambda: now) == 1
    ask(music_server, "deletePlaylist", id=Playlist.objects.get().server_playlist_id)
    now += timedelta(days=1)
    assert playlists_update(lambda: now) == 1
    stored = Playlist.objects.get()
    assert stored.error_message == ""
    assert songs_on_server(music_server, stored.server_playlist_id) == ("Again", ["Song 00", "Song 01"])


def test_favourites_and_ratings_of_the_server_are_scanned(source: Source, music_server: MusicServer) -> None:
    by_title = dict(SongLocation.objects.filter(source=source).values_list("song__title", "key"))
    ask(music_server, "star", id=by_title["Song 02"])
    ask(music_server, "setRating", id=by_title["Song 03"], rating="4")
    assert source_scan(source, START + timedelta(hours=1))
    marked = SongLocation.objects.filter(source=source)
    assert list(marked.filter(is_favourite=True).values_list("song__title", flat=True)) == ["Song 02"]
    if (music_server.bin / "supysonic-cli").exists():  # maneki lists no ratings
        assert list(marked.filter(rating=4).values_list("song__title", flat=True)) == ["Song 03"]
