"""Rules of playlists as JSON: the same after a round trip, and refused with a sentence where they are not valid."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from classifier.errors import ProductError
from classifier.playlists.rule import PathEnd, PlaylistRule

SONG, OTHER = UUID(int=7), UUID(int=8)
RULES = [
    PlaylistRule(query="mood=sad&sort=longest", songs=None, minutes=90),
    PlaylistRule(saved_filter=3, one_copy=False),
    PlaylistRule(song_ids=(SONG, OTHER), least_rating=4, favourites_only=True),
    PlaylistRule(
        order="mixture",
        weights={"sad": 1.0, "tender": 0.5, "tense": -1.0},
        ranges={"bpm": (None, 100.0), "year": (1970.0, 1979.0)},
        key_mode="minor",
        music_genres=("Folk", "Rock"),
        without_music_genres=("Folk Punk",),
        artists=("Björk",),
        without_artists=("Nobody", "Somebody"),
        certain_only=True,
        artist_gap=3,
        album_gap=5,
    ),
    PlaylistRule(order="mixture", weights={"sad": -1.0}),
    PlaylistRule(order="similar", seeds=(SONG, OTHER), songs=20),
    PlaylistRule(order="path", start=PathEnd(mood="sad"), end=PathEnd(mood="joyful"), songs=12),
    PlaylistRule(order="path", start=PathEnd(song=SONG), end=PathEnd(place=(6.5, 4.0)), songs=2),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.to_json()))
def test_a_rule_is_the_same_after_a_round_trip(rule: PlaylistRule) -> None:
    assert PlaylistRule.from_json(json.loads(json.dumps(rule.to_json()))) == rule.checked() == rule


def test_only_what_differs_from_the_default_is_stored() -> None:
    assert PlaylistRule(query="mood=sad").to_json() == {"order": "filter", "query": "mood=sad"}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "object"),
        ({"order": "random"}, "filter, mixture, similar, path"),
        ({"wishes": 1}, "no “wishes”"),
        ({"order": "mixture"}, "at least one mood"),
        ({"order": "mixture", "weights": {"hopeful": 1}}, "no mood term “hopeful”"),
        ({"order": "mixture", "weights": {"sad": 9}}, "from -3 to 3"),
        ({"order": "mixture", "weights": {"sad": 0.3}}, "multiple of 0.5"),
        ({"order": "mixture", "weights": {"sad": float("nan")}}, "from -3 to 3"),
        ({"order": "similar"}, "at least one song"),
        ({"order": "similar", "seeds": ["x"]}, "no id of a song"),
        ({"order": "similar", "seeds": [str(UUID(int=number)) for number in range(21)]}, "at most 20"),
        ({"order": "path"}, "two different ends"),
        ({"order": "path", "start": {"mood": "sad"}, "end": {"mood": "sad"}}, "two different ends"),
        ({"order": "path", "start": {"mood": "sad"}, "end": {"mood": "blue"}}, "at each end"),
        ({"order": "path", "start": {"mood": "sad"}, "end": {"place": [0, 5]}}, "valence is “0”"),
        ({"order": "path", "start": {"mood": "sad"}, "end": {"mood": "calm"}, "songs": 1}, "from 2 to 100"),
        ({"ranges": {"bpm": [100, 90]}}, "swap them"),
        ({"ranges": {"bpm": [10, 90]}}, "from 20 to 400"),
        ({"ranges": {"bpm": 90}}, "a lowest and a highest"),
        ({"ranges": {"colour": [1, 2]}}, "some of bpm"),
        ({"songs": 0}, "from 1 to 500"),
        ({"songs": True}, "from 1 to 500"),
        ({"minutes": 99999}, "from 1 to 2880"),
        ({"key_mode": "dorian"}, "minor, major"),
        ({"music_genres": "Rock"}, "list of at most 100"),
        ({"without_artists": ["Rock"] * 101}, "list of at most 100"),
        ({"one_copy": "yes"}, "true or false"),
        ({"artist_gap": 1000}, "from 0 to 100"),
        ({"query": "x" * 1001}, "1000 characters"),
        ({"song_ids": [1]}, "no id of a song"),
    ],
    ids=str,
)
def test_a_rule_that_is_not_valid_is_refused_with_a_sentence(value: Any, words: str) -> None:
    with pytest.raises(ProductError) as refusal:
        PlaylistRule.from_json(value)
    assert refusal.value.code == "playlist_rule"
    assert words in refusal.value.message


def test_a_filter_that_is_not_valid_is_refused() -> None:
    with pytest.raises(ProductError) as refusal:
        PlaylistRule.from_json({"query": "mood=blue"})
    assert refusal.value.code == "filter_malformed"
