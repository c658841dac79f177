"""The mood profile of an artist or an album: main moods as a bar, and the songs in the valence-arousal plane."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.charts.mood_names import Side
from classifier.charts.number_text import percent
from classifier.charts.primitives import Point, percent_of
from classifier.charts.song.valence_arousal_plane import MoodPlane, mood_plane, plane_point
from classifier.library.groups import Moods
from classifier.localized import grouped

NAMED_IN_TEXT = 3
MOST_DOTS = 500
"""Songs that the plane shows; of more, every second, every third, and so on."""


@dataclass(frozen=True)
class Part:
    """A main mood: its number of songs, and its piece of the bar."""

    side: Side
    songs: int
    percent: int
    x: str
    width: str


@dataclass(frozen=True)
class MoodBar:
    parts: list[Part]
    text: str
    """For people who do not see the bar: the most frequent moods."""
    place: str

    @classmethod
    def of(cls, moods: Moods) -> MoodBar | None:
        """None without an analysed song."""
        total = moods.songs
        if not total:
            return None
        parts: list[Part] = []
        before = 0
        for key, songs in by_frequency(moods.counts):
            x, width = percent_of(before, total), percent_of(songs, total)
            parts.append(Part(Side(key), songs, percent(songs / total), x, width))
            before += songs
        named = ", ".join(f"{part.side.adjective} {part.percent} %" for part in parts[:NAMED_IN_TEXT])
        return cls(parts, named, place_text(moods.valence, moods.arousal))


@dataclass(frozen=True)
class Strongest:
    """The song that has most of a mood."""

    side: Side
    song: Any
    percent: int


@dataclass(frozen=True)
class ProfilePlane:
    plane: MoodPlane
    dots: list[tuple[Side, Point]]
    shown: int
    songs: int
    spread: str
    """The root mean square of their distances from the middle."""


def place_text(valence: float, arousal: float) -> str:
    return gettext("valence %(valence)s, arousal %(arousal)s") % {
        "valence": grouped(valence, 1),
        "arousal": grouped(arousal, 1),
    }


def by_frequency(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The most frequent first; equal ones in the order of the vocabulary."""
    order = list(ml_gateway.MOODS)
    return sorted(counts.items(), key=lambda item: (-item[1], order.index(item[0])))


def profile_plane(places: Sequence[tuple[str, float, float]]) -> ProfilePlane | None:
    """`places` are the main mood, valence and arousal of each song."""
    if not places:
        return None
    count = len(places)
    valence = sum(valence for _, valence, _ in places) / count
    arousal = sum(arousal for _, _, arousal in places) / count
    distance = sqrt(sum((v - valence) ** 2 + (a - arousal) ** 2 for _, v, a in places) / count)
    step = -(-count // MOST_DOTS)
    return ProfilePlane(
        plane=mood_plane(valence, arousal, []),
        dots=[(Side(mood), plane_point(v, a)) for mood, v, a in places[::step]],
        shown=len(places[::step]),
        songs=count,
        spread=grouped(distance, 1),
    )


def strongest_songs(songs: Iterable[Any]) -> list[Strongest]:
    """For each mood the song with the highest chance of it, the highest first."""
    best: dict[str, Any] = {}
    for song in songs:
        for term in ml_gateway.MOODS:
            chance = getattr(song, f"sort_{term}")
            if chance is not None and (term not in best or chance > getattr(best[term], f"sort_{term}")):
                best[term] = song
    rows = [Strongest(Side(term), song, percent(getattr(song, f"sort_{term}"))) for term, song in best.items()]
    return sorted(rows, key=lambda row: -row.percent)
