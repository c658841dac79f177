"""A library with sad songs, and playlists of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from classifier.models import Person, Playlist, PlaylistSong, Song
from classifier.playlists.rule import PlaylistRule
from classifier.playlists.stored import playlist_create
from tests.classifier.playlists.shelf import shelve_moods

NOW = datetime(2026, 5, 4, 14, tzinfo=UTC)
SAD = PlaylistRule(order="mixture", weights={"sad": 1, "tense": -1}, songs=3)


@pytest.fixture
def songs(anna: Person) -> list[Song]:
    """Three sad songs, the first the saddest, and a joyful one."""
    return [
        *(
            shelve_moods(
                anna, f"Sad {number}", artist="Anna", sad=0.9 - number / 10, primary="sad", duration_s=100 + 2 * number
            )
            for number in range(3)
        ),
        shelve_moods(anna, "Joyful", joyful=0.9, primary="joyful", duration_s=200.0, valence=8.0, arousal=7.0),
    ]


def create(owner: Person, **values: Any) -> Playlist:
    defaults: dict[str, Any] = {"owner": owner, "name": "Sad", "rule": SAD, "now": NOW}
    return playlist_create(**defaults | values)


def form(**values: Any) -> dict[str, Any]:
    """What a browser sends for a new form with these values."""
    return {"name": "Mine", "order": "mixture", "songs": "50", "artist_gap": "0", "action": "save"} | values


def stored_rule() -> PlaylistRule:
    return PlaylistRule.from_json(Playlist.objects.get().rule)


def titles(playlist: Playlist) -> list[str]:
    return list(PlaylistSong.objects.filter(playlist=playlist).values_list("song__title", flat=True))
