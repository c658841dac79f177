"""Two songs compared: the moods of each, and what their moods have in common, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classifier import ml_gateway
from classifier.charts.mood_names import CompositeMood, Side
from classifier.charts.number_text import percent
from classifier.charts.primitives import Bar, percent_of
from classifier.charts.song.mood_scores import axis_end, comparable_scores, has_terms

LEAST_DIFFERENCE = 0.3
"""Of valence or arousal (1..9): a smaller difference is not noticeable."""


@dataclass(frozen=True)
class MoodPair:
    """One mood in both songs, and the line between the two."""

    side: Side
    a: Bar
    b: Bar
    low_x: str
    high_x: str


@dataclass(frozen=True)
class MoodComparison:
    """The moods of two songs on one axis, the largest difference first."""

    pairs: list[MoodPair]
    end: int
    """The end of the axis, in per cent."""
    of_terms: bool
    """False if an older model analysed one of the songs: then the nine emotions are compared."""


def mood_comparison(a: Mapping[str, Any], b: Mapping[str, Any]) -> MoodComparison:
    moods_a, moods_b = comparable_scores(a, b)
    end = axis_end(moods_a, moods_b)
    order = sorted(moods_a, key=lambda key: -abs(moods_a[key] - moods_b[key]))
    return MoodComparison(
        pairs=[_pair(key, moods_a[key], moods_b[key], end) for key in order],
        end=percent(end),
        of_terms=has_terms(a) and has_terms(b),
    )


def _pair(key: str, a: float, b: float, end: float) -> MoodPair:
    return MoodPair(Side(key), Bar.of(a, end), Bar.of(b, end), percent_of(min(a, b), end), percent_of(max(a, b), end))


def shared_moods_text(a: CompositeMood, b: CompositeMood) -> str:
    """What the two composite moods have in common."""
    if a.css == b.css and len(a.sides) == len(b.sides):
        return f"Both are {ml_gateway.composite_name(*(side.key for side in a.sides))}."
    shared = [side for side in a.sides if side.term in {other.term for other in b.sides}]
    if len(shared) > 1:
        return f"Both are {_listed(shared)}, in a different order."
    if not shared:
        return f"They share no mood: A is {_listed(a.sides)}, B is {_listed(b.sides)}."
    [common] = shared
    others = [
        f"{letter} is also {side.adjective}"
        for letter, mood in (("A", a), ("B", b))
        for side in mood.sides
        if side.term != common.term
    ]
    return f"Both are {common.adjective}; {', '.join(others)}."


def position_difference_text(a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    """Which song is livelier and which more pleasant, if either is."""
    differences = []
    for axis, more, less in (("arousal", "livelier", "quieter"), ("valence", "more pleasant", "less pleasant")):
        difference = b[axis] - a[axis]
        if abs(difference) >= LEAST_DIFFERENCE:
            differences.append(f"{more if difference > 0 else less} ({axis} {b[axis]:.1f} versus {a[axis]:.1f})")
    if not differences:
        return "They are about equally lively and equally pleasant."
    return f"B is {' and '.join(differences)}."


def _listed(sides: Sequence[Side]) -> str:
    return " and ".join(side.adjective for side in sides)
