"""Songs of given moods as database rows, for tests of playlists."""

from __future__ import annotations

from typing import Any

from classifier.fields import uuid7
from classifier.models import Person, Song
from classifier.sort_models import MOOD_COLUMNS
from tests.shelf import shelve

OTHER_CHANCE = 0.1


def shelve_moods(owner: Person, title: str, *, valence: float = 5.0, arousal: float = 5.0, **fields: Any) -> Song:
    """A song with these chances of terms, such as `sad=0.8`; all others are low."""
    chances = {f"sort_{term}": fields.pop(term, OTHER_CHANCE) for term in MOOD_COLUMNS}
    return shelve(owner, title, valence=valence, arousal=arousal, **chances, **fields)


def make_copies(*titles: str) -> None:
    """As if the analysis had found that these songs are the same recording."""
    Song.objects.filter(title__in=titles).update(recording=uuid7())
