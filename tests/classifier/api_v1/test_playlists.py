"""Playlists by version 1."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from classifier.models import Person, Playlist
from tests.classifier.api_v1.conftest import Analysed, Program, pages_of, problem_of

PLAYLISTS = "/api/v1/playlists/"
DONE = {"order": "filter", "query": "status=done"}


def created(client: Client, **fields: Any) -> Any:
    return client.post(PLAYLISTS, {"name": "Done", "rule": DONE} | fields, "application/json")


def test_a_playlist_is_made_from_a_filter_refreshed_and_exported(api: Client, analysed: Analysed) -> None:
    songs = [analysed(mark) for mark in range(3)]
    answer = created(api, description="All of them")
    assert answer.status_code == 201, answer.content
    playlist = answer.json()
    assert (playlist["songs"], playlist["rule"]["query"], playlist["error"]) == (3, "status=done", None)
    url = f"{PLAYLISTS}{playlist['id']}/"
    entries = [entry for page in pages_of(api, f"{url}songs/?page_size=2") for entry in page]
    assert [entry["position"] for entry in entries] == [0, 1, 2]
    assert {entry["song"]["id"] for entry in entries} == {str(song.id) for song in songs}

    songs[0].delete()
    analysed(7)
    assert api.post(f"{url}refresh/").json() == {"added": 1, "removed": 0}
    assert [one["songs"] for one in api.get(PLAYLISTS).json()["results"]] == [3]
    m3u8 = api.get(f"{url}export/m3u8/", headers={"accept": "audio/x-mpegurl"})
    assert m3u8.content.startswith(b"#EXTM3U\n#PLAYLIST:Done\n")
    for kind in ("csv", "jspf"):
        assert api.get(f"{url}export/{kind}/").status_code == 200, kind
    assert problem_of(api.get(f"{url}export/nsp/"))[1] == "playlist_nsp"
    assert problem_of(api.get(f"{url}export/wpl/")) == (404, "not_found")

    changed = api.patch(url, {"name": "Sad ones", "is_nightly": False}, "application/json").json()
    assert (changed["name"], changed["is_nightly"], changed["rule"]) == ("Sad ones", False, playlist["rule"])
    assert api.delete(url).status_code == 204
    assert not Playlist.objects.exists()


def test_a_playlist_is_made_from_a_mixture(api: Client, analysed: Analysed) -> None:
    analysed()
    playlist = created(api, rule={"order": "mixture", "weights": {"calm": 2, "angry": -1}}).json()
    assert playlist["rule"]["weights"] == {"calm": 2.0, "angry": -1.0}
    assert playlist["songs"] == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"rule": {"order": "random"}}, "playlist_rule"),
        ({"rule": {"order": "mixture"}}, "playlist_rule"),
        ({"rule": {"order": "filter", "mood": "sad"}}, "playlist_rule"),
        ({"rule": {"order": "filter", "query": "mood=furious"}}, "filter_malformed"),
        ({"rule": "mood=sad"}, "playlist_rule"),
        ({"rule": None}, "request_invalid"),
        ({"name": ""}, "request_invalid"),
        ({"songs": []}, "request_invalid"),
        ({"source": "01a22dba-1383-7391-8651-83746829a811"}, "playlist_server"),
    ],
)
def test_a_malformed_playlist_is_not_made(api: Client, analysed: Analysed, fields: dict[str, Any], code: str) -> None:
    analysed()
    assert problem_of(created(api, **fields)) == (400, code)
    assert not Playlist.objects.exists()


def test_two_playlists_cannot_have_the_same_name(api: Client, analysed: Analysed) -> None:
    analysed()
    created(api)
    assert problem_of(created(api)) == (409, "playlist_name_taken")


def test_playlists_belong_to_their_owner(
    api: Client, program: Program, anna: Person, boris: Person, analysed: Analysed
) -> None:
    analysed()
    url = f"{PLAYLISTS}{created(api).json()['id']}/"
    stranger, reader = program(boris), program(anna, "read")
    assert stranger.get(PLAYLISTS).json()["results"] == []
    for answer in (
        stranger.get(url),
        stranger.patch(url, {"name": "Mine"}, "application/json"),
        stranger.delete(url),
        stranger.get(f"{url}songs/"),
        stranger.post(f"{url}refresh/"),
        stranger.get(f"{url}export/m3u8/"),
    ):
        assert problem_of(answer) == (404, "not_found")
    assert problem_of(reader.delete(url)) == (403, "scope_missing")
    assert problem_of(created(reader)) == (403, "scope_missing")
    assert Playlist.objects.get().name == "Done"
