"""Playlists of music servers, against stubs: created once, then changed in place under the same id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from classifier.models import SourceKind
from classifier.sources.servers import ServerPlaylists
from tests.classifier.sources import jellyfin_stub, plex_stub, subsonic_stub
from tests.classifier.sources.connections import PASSWORD, connected, raises
from tests.classifier.sources.jellyfin_stub import JellyfinStub
from tests.classifier.sources.plex_stub import PlexStub
from tests.classifier.sources.subsonic_stub import SubsonicStub
from tests.classifier.sources.web_servers import Answer, web_server

KINDS = {
    SourceKind.OPENSUBSONIC: (SubsonicStub, "/music", PASSWORD),
    SourceKind.JELLYFIN: (JellyfinStub, "/jellyfin", PASSWORD),
    SourceKind.PLEX: (PlexStub, "", plex_stub.TOKEN),
}
MANY = [str(number) for number in range(100, 350)]
"""More songs than one request takes."""


@pytest.fixture(params=KINDS, ids=str)
def kind(request: pytest.FixtureRequest) -> SourceKind:
    kind: SourceKind = request.param
    return kind


@pytest.fixture
def stub(kind: SourceKind) -> Any:
    return KINDS[kind][0]()


@pytest.fixture
def lists(kind: SourceKind, stub: Any) -> Iterator[ServerPlaylists]:
    _, path, secret = KINDS[kind]
    with web_server(stub) as web:
        yield connected(kind, web.address + path, secret=secret).playlists()


def test_a_list_is_made_and_then_changed_in_place(lists: ServerPlaylists, stub: Any) -> None:
    key = lists.save("", name="Sad & tender", comment="Mine", keys=["1", "2"])
    assert list(stub.playlists) == [key]
    assert lists.save(key, name="Only sad", comment="Mine", keys=["3", "1"]) == key
    assert list(stub.playlists) == [key]
    assert (stub.playlists[key]["name"], stub.playlists[key]["songs"]) == ("Only sad", ["3", "1"])


def test_long_lists_are_complete_and_in_order(lists: ServerPlaylists, stub: Any) -> None:
    key = lists.save("", name="Long", comment="", keys=MANY)
    assert stub.playlists[key]["songs"] == MANY
    lists.save(key, name="Long", comment="", keys=MANY[::-1])
    assert stub.playlists[key]["songs"] == MANY[::-1]


def test_a_list_that_is_gone_is_made_again(lists: ServerPlaylists, stub: Any) -> None:
    key = lists.save("77", name="Sad", comment="", keys=["1"])
    assert list(stub.playlists) == [key]
    assert stub.playlists[key]["songs"] == ["1"]


def test_lists_of_the_same_name_stay_as_they_are(lists: ServerPlaylists, stub: Any) -> None:
    first = lists.save("", name="Sad", comment="", keys=["1"])
    second = lists.save("", name="Sad", comment="", keys=["2"])
    assert first != second
    assert stub.playlists[first]["songs"] == ["1"]


def test_a_list_is_deleted_once(lists: ServerPlaylists, stub: Any) -> None:
    key = lists.save("", name="Sad", comment="", keys=["1"])
    lists.delete(key)
    assert stub.playlists == {}
    lists.delete(key)


@pytest.mark.parametrize("kind", [SourceKind.OPENSUBSONIC], indirect=True)
def test_a_server_that_does_not_name_the_new_list_is_asked_for_it(lists: ServerPlaylists, stub: SubsonicStub) -> None:
    stub.names_new_playlists = False
    first = lists.save("", name="Sad", comment="", keys=["1"])
    second = lists.save("", name="Sad", comment="Mine", keys=["2"])
    assert (first, second) == ("p0", "p1")
    assert stub.playlists["p1"] == {"name": "Sad", "songs": ["2"], "comment": "Mine", "public": "false"}


@pytest.mark.parametrize("kind", [SourceKind.OPENSUBSONIC], indirect=True)
def test_an_account_that_may_not_keep_playlists_is_told(lists: ServerPlaylists, stub: SubsonicStub) -> None:
    stub.answers["createPlaylist"] = stub.error(50)
    with raises("source_refused"):
        lists.save("", name="Sad", comment="", keys=["1"])


def test_an_api_key_of_jellyfin_keeps_no_playlist() -> None:
    with web_server(JellyfinStub()) as web:
        address = f"{web.address}/jellyfin"
        lists = connected(SourceKind.JELLYFIN, address, username="", secret=jellyfin_stub.API_KEY).playlists()
        with raises("source_refused") as refusal:
            lists.save("", name="Sad", comment="", keys=["1"])
        assert "a user name and a password" in refusal.value.message


@pytest.mark.parametrize("kind", [SourceKind.JELLYFIN], indirect=True)
def test_an_older_jellyfin_keeps_the_name(lists: ServerPlaylists, stub: JellyfinStub) -> None:
    key = lists.save("", name="Sad", comment="", keys=["1"])
    stub.answers[f"/Playlists/{key}"] = Answer(b"", "text/plain", 405)
    lists.save(key, name="Only sad", comment="", keys=["2"])
    assert stub.playlists[key] == {"name": "Sad", "songs": ["2"]}


def test_favourites_and_ratings_are_listed() -> None:
    songs = [subsonic_stub.song(0, starred="2026-01-01T00:00:00Z"), subsonic_stub.song(1, userRating=4)]
    with web_server(SubsonicStub(songs=songs)) as web:
        items = list(connected(SourceKind.OPENSUBSONIC, f"{web.address}/music").items())
    assert [(item.is_favourite, item.rating) for item in items] == [(True, 0), (False, 4)]
    liked = [jellyfin_stub.song(0, UserData={"IsFavorite": True}), jellyfin_stub.song(1)]
    with web_server(JellyfinStub(songs=liked)) as web:
        items = list(connected(SourceKind.JELLYFIN, f"{web.address}/jellyfin").items())
    assert [item.is_favourite for item in items] == [True, False]
    rated = [plex_stub.track(0, userRating="9.0"), plex_stub.track(1)]
    with web_server(PlexStub(tracks=rated)) as web:
        items = list(connected(SourceKind.PLEX, web.address, secret=plex_stub.TOKEN).items())
    assert [item.rating for item in items] == [4, 0]
