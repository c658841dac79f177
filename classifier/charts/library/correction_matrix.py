"""What a person said against what was heard: a square for each mood said and each mood heard, darker the more songs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from classifier import ml_gateway
from classifier.charts.mood_names import Side
from classifier.charts.palette import NEUTRAL

DEPTHS = 10
Address = Callable[[str, str], str]
"""Where the songs of a square are listed, for the mood that was said and the one that was heard."""


@dataclass(frozen=True)
class Square:
    heard: Side
    songs: int
    depth: int
    """0..DEPTHS: the share of its row."""
    right: bool
    address: str
    text: str


@dataclass(frozen=True)
class Line:
    said: Side
    squares: list[Square]
    songs: int


@dataclass(frozen=True)
class Matrix:
    key: str
    title: str
    text: str
    columns: list[Side]
    lines: list[Line]
    words: str


def around_the_plane() -> list[str]:
    """The nine moods by their angle in the valence-arousal plane, so that near moods are neighbours."""
    return sorted(ml_gateway.EMOTIONS, key=lambda key: -_angle(ml_gateway.MOODS[key]) % (2 * math.pi))


def matrix(key: str, title: str, text: str, counts: Mapping[tuple[str, str], int], address: Address) -> Matrix:
    order = around_the_plane()
    lines = [_line(said, order, counts, address) for said in order]
    return Matrix(key, title, text, [Side(mood) for mood in order], lines, _words(counts))


def _line(said: str, order: list[str], counts: Mapping[tuple[str, str], int], address: Address) -> Line:
    total = sum(counts.get((said, heard), 0) for heard in order)
    return Line(
        Side(said), [_square(said, heard, counts.get((said, heard), 0), total, address) for heard in order], total
    )


def _square(said: str, heard: str, songs: int, total: int, address: Address) -> Square:
    share = songs / total if total else 0.0
    told = "1 song" if songs == 1 else f"{songs} songs"
    return Square(
        heard=Side(heard),
        songs=songs,
        depth=math.ceil(DEPTHS * share),
        right=said == heard,
        address=address(said, heard) if songs else "",
        text=f"{told}: you say {Side(said).adjective}, it heard {Side(heard).adjective}",
    )


def _words(counts: Mapping[tuple[str, str], int]) -> str:
    """The commonest mistake, as a sentence."""
    mistakes = {place: songs for place, songs in counts.items() if place[0] != place[1]}
    if not counts:
        return "You have not said any mood yet."
    if not mistakes:
        return "Nothing is mistaken so far."
    said, heard = max(mistakes, key=lambda place: mistakes[place])
    times = mistakes[said, heard]
    how_often = "once" if times == 1 else f"{times} times"
    return (
        f"Mistaken most often: what you call {Side(said).adjective} is heard as {Side(heard).adjective}, {how_often}."
    )


def _angle(mood: ml_gateway.Mood) -> float:
    return math.atan2(mood.arousal - NEUTRAL, mood.valence - NEUTRAL)
