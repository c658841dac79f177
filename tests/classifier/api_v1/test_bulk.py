"""Many songs at once, and the bin, by version 1."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from classifier.models import Person, Song
from tests.classifier.api_v1.conftest import Analysed, Program, problem_of

BULK = "/api/v1/songs/bulk/"
BIN = "/api/v1/bin/"
ACTIONS = {
    "delete": {},
    "analyse": {},
    "correct": {"actual_mood": {"primary": "sad"}},
    "edit": {"album": "New"},
}


def done(client: Client, action: str, **fields: Any) -> Any:
    return client.post(f"{BULK}{action}/", fields, "application/json")


def test_songs_are_selected_by_ids_or_by_a_filter(api: Client, analysed: Analysed, submit: Any) -> None:
    songs = [analysed(mark) for mark in range(3)]
    submit(9)
    assert done(api, "edit", ids=[str(songs[0].id)], album="Quays").json() == {"selected": 1, "changed": 1}
    answer = done(api, "correct", filter={"status": "done"}, actual_mood={"primary": "sad", "secondary": "tender"})
    assert answer.json() == {"selected": 3, "changed": 3}
    assert Song.objects.filter(actual_primary="sad").count() == 3
    assert done(api, "analyse", filter={"valence_from": 1}).json() == {"selected": 3, "changed": 3}
    assert done(api, "analyse", filter={}).json() == {"selected": 4, "changed": 0}
    assert done(api, "delete", filter={}).json() == {"selected": 4, "changed": 4}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "request_invalid"),
        ({"ids": []}, "request_invalid"),
        ({"ids": ["7"]}, "request_invalid"),
        ({"ids": "all"}, "request_invalid"),
        ({"filter": "mood=sad"}, "request_invalid"),
        ({"filter": {"mood": ["sad"]}}, "request_invalid"),
        ({"filter": {"mood": "furious"}}, "filter_malformed"),
        ({"filter": {"moods": "sad"}}, "parameter_unknown"),
        ({"filter": {"artist": ""}}, "filter_malformed"),
        ({"filter": {"artist": " \0"}}, "filter_malformed"),
        ({"filter": {"artist": "x" * 300}}, "filter_malformed"),
        ({"filter": {}, "ids": ["01a22dba-1383-7391-8651-83746829a811"]}, "request_invalid"),
    ],
)
@pytest.mark.parametrize("action", ACTIONS)
def test_a_malformed_selection_changes_nothing(
    api: Client, song: Song, action: str, fields: dict[str, Any], code: str
) -> None:
    before = Song.objects.values().get()
    assert problem_of(done(api, action, **fields, **ACTIONS[action])) == (400, code)
    assert Song.objects.values().get() == before


def test_an_action_needs_its_fields(api: Client, song: Song) -> None:
    assert problem_of(done(api, "edit", filter={})) == (400, "request_invalid")
    assert problem_of(done(api, "correct", filter={})) == (400, "request_invalid")


@pytest.mark.parametrize("action", ACTIONS)
def test_songs_of_others_are_not_found(program: Program, boris: Person, song: Song, action: str) -> None:
    before = Song.objects.values().get()
    answer = done(program(boris), action, ids=[str(song.id)], **ACTIONS[action])
    assert answer.json() == {"selected": 0, "changed": 0}
    assert Song.objects.values().get() == before


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_needs_the_scope_to_write(program: Program, anna: Person, song: Song, action: str) -> None:
    assert problem_of(done(program(anna, "read"), action, filter={}, **ACTIONS[action])) == (403, "scope_missing")


def test_a_song_comes_back_from_the_bin(api: Client, analysed: Analysed) -> None:
    song = analysed()
    done(api, "delete", ids=[str(song.id)], bin=True)
    binned = api.get(BIN).json()["results"]
    assert [(one["id"], one["deleted_at"] is not None) for one in binned] == [(str(song.id), True)]
    restored = api.post(f"{BIN}{song.id}/restore/")
    assert (restored.status_code, restored.json()["deleted_at"]) == (200, None)
    assert restored.json()["mood"]["name"] == "Calm but Powerful"
    assert api.get(BIN).json()["results"] == []
    assert problem_of(api.post(f"{BIN}{song.id}/restore/")) == (404, "not_found")


def test_a_song_in_the_bin_is_deleted_permanently(api: Client, song: Song) -> None:
    assert problem_of(api.delete(f"{BIN}{song.id}/")) == (404, "not_found")
    done(api, "delete", filter={}, bin=True)
    assert api.delete(f"{BIN}{song.id}/").status_code == 204
    assert not Song.objects.exists()


def test_many_songs_are_deleted_permanently(api: Client, song: Song) -> None:
    assert done(api, "delete", filter={}).json() == {"selected": 1, "changed": 1}
    assert not Song.objects.exists()


def test_a_stranger_sees_no_bin(api: Client, program: Program, boris: Person, song: Song) -> None:
    done(api, "delete", filter={}, bin=True)
    stranger = program(boris)
    assert stranger.get(BIN).json()["results"] == []
    assert problem_of(stranger.post(f"{BIN}{song.id}/restore/")) == (404, "not_found")
    assert problem_of(stranger.delete(f"{BIN}{song.id}/")) == (404, "not_found")
