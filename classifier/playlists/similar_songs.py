"""Similar songs, by moods and audio features: for playlists, instant mix, the player and comparisons.

The database ranks by moods; of the nearest songs the sound is compared too.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import ExpressionWrapper, F, FloatField, Value

from classifier import ml_gateway
from classifier.models import Song, Status
from classifier.playlists.candidates import Pool
from classifier.playlists.spacing import Candidate
from classifier.recordings.similarity import Sound
from classifier.sort_models import MOOD_COLUMNS

if TYPE_CHECKING:
    from classifier.querysets import SongQuerySet

PLANE_SCALE = 1.5
"""Valence and arousal count in so many points of their scale, about a standard deviation over songs."""
NEAR = 1.2
"""In valence and in arousal: where the songs of similar moods are."""
HEARD_POOL = 300
"""Songs of the nearest moods whose sound is compared too."""
UNKNOWN_SOUND = 1.0
"""A song whose sound is not known counts as one standard deviation away."""

Profile = tuple[float, ...]
"""The sixteen chances, valence and arousal of a song."""
PROFILE_COLUMNS = (*MOOD_COLUMNS.values(), "sort_valence", "sort_arousal")
PROFILE_SCALES = (
    *((mood.prevalence * (1 - mood.prevalence)) ** 0.5 for mood in ml_gateway.MOODS.values()),
    PLANE_SCALE,
    PLANE_SCALE,
)
"""What each is divided by: for a chance, the standard deviation of whether people use a word of that term."""


def is_comparable(song: Song) -> bool:
    """Whether others can be like it: older models gave no chances of the sixteen moods."""
    return song.status == Status.DONE and None not in _profile(song)


def nearest_first(
    songs: SongQuerySet, seeds: Sequence[Song], pool: Pool, *, most_songs: int
) -> Iterator[Iterator[list[Candidate]]]:
    """Growing lists of those nearest to the seeds, which are left out: first of the songs near them in the plane, then,
    should these be too few, of all songs."""
    ids = [seed.id for seed in seeds]
    songs = songs.exclude(id__in=ids)
    middle = tuple(sum(values) / len(seeds) for values in zip(*map(_profile, seeds), strict=True))
    for some in (_near_in_plane(songs, middle), songs):
        ranked = _by_mood_distance(some, middle)
        yield (_by_sound_too(near, ids, most_songs) for near in pool.growing(ranked, "mood_square"))


def _profile(song: Song) -> Profile:
    return tuple(getattr(song, column) for column in PROFILE_COLUMNS)


def _near_in_plane(songs: SongQuerySet, middle: Profile) -> SongQuerySet:
    valence, arousal = middle[-2:]
    return songs.filter(
        sort_valence__range=(valence - NEAR, valence + NEAR), sort_arousal__range=(arousal - NEAR, arousal + NEAR)
    )


def _by_mood_distance(songs: SongQuerySet, middle: Profile) -> SongQuerySet:
    """By the mean square of the differences from a profile, each divided by its scale."""
    squares: list[Any] = []
    for column, value, scale in zip(PROFILE_COLUMNS, middle, PROFILE_SCALES, strict=True):
        difference = (F(column) - Value(value)) * Value(1 / scale)
        squares.append(difference * difference)
    square = ExpressionWrapper(reduce(operator.add, squares) * Value(1 / len(squares)), FloatField())
    return songs.alias(mood_square=square).filter(mood_square__isnull=False).order_by("mood_square", "id")


def _by_sound_too(pool: list[Candidate], seeds: list[UUID], most_songs: int) -> list[Candidate]:
    """The nearest of the pool in the order of moods and sound together; the others follow by their moods."""
    near = pool[: max(HEARD_POOL, 2 * most_songs)]
    sounds = _sounds_of([*seeds, *(one.id for one in near)])
    of_seeds = [sounds[song_id] for song_id in seeds if song_id in sounds]

    def distance(one: Candidate) -> float:
        sound = sounds.get(one.id)
        square = _sound_square(sound, of_seeds) if sound is not None and of_seeds else UNKNOWN_SOUND
        return float(((one.distance + square) / 2) ** 0.5)

    heard = sorted((replace(one, distance=distance(one)) for one in near), key=lambda one: (one.distance, one.id))
    return [*heard, *(replace(one, distance=distance(one)) for one in pool[len(near) :])]


def _sounds_of(ids: Iterable[UUID]) -> dict[UUID, Sound]:
    """Without songs whose features are not stored, or are those of another version."""
    rows = Song.objects.filter(id__in=list(ids), sound__isnull=False).values_list("id", "duration_s", "sound")
    sounds = ((song_id, Sound.from_bytes(duration_s or 0.0, bytes(data or b""))) for song_id, duration_s, data in rows)
    return {song_id: sound for song_id, sound in sounds if sound is not None}


def _sound_square(sound: Sound, others: list[Sound]) -> float:
    """The mean square of the differences of features, in their standard deviations, to the middle of the others."""
    middle = [sum(values) / len(others) for values in zip(*(other.features for other in others), strict=True)]
    return sum((a - b) ** 2 for a, b in zip(sound.features, middle, strict=True)) / len(middle)
