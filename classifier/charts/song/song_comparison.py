"""Two songs compared: the moods of each, and what their moods have in common, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from classifier.charts.mood_names import CompositeMood, Side
from classifier.charts.number_text import percent
from classifier.charts.primitives import Bar, percent_of
from classifier.charts.song.mood_scores import axis_end, comparable_scores, has_terms
from classifier.localized import grouped

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
        return gettext("Both are %(moods)s.") % {"moods": a.name}
    shared = [side for side in a.sides if side.term in {other.term for other in b.sides}]
    if len(shared) > 1:
        return gettext("Both are %(moods)s, in a different order.") % {"moods": _listed(shared)}
    if not shared:
        values = {"a": _listed(a.sides), "b": _listed(b.sides)}
        return gettext("They share no mood: A is %(a)s, B is %(b)s.") % values
    [common] = shared
    others = [
        gettext("%(song)s is also %(mood)s") % {"song": letter, "mood": side.adjective}
        for letter, mood in (("A", a), ("B", b))
        for side in mood.sides
        if side.term != common.term
    ]
    return gettext("Both are %(mood)s; %(others)s.") % {"mood": common.adjective, "others": ", ".join(others)}


def position_difference_text(a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    """Which song is livelier and which more pleasant, if either is."""
    differences = []
    for axis, more, less in (
        (
            "arousal",
            gettext("livelier (arousal %(b)s versus %(a)s)"),
            gettext("quieter (arousal %(b)s versus %(a)s)"),
        ),
        (
            "valence",
            gettext("more pleasant (valence %(b)s versus %(a)s)"),
            gettext("less pleasant (valence %(b)s versus %(a)s)"),
        ),
    ):
        difference = b[axis] - a[axis]
        if abs(difference) >= LEAST_DIFFERENCE:
            values = {"a": grouped(a[axis], 1), "b": grouped(b[axis], 1)}
            differences.append((more if difference > 0 else less) % values)
    if not differences:
        return gettext("They are about equally lively and equally pleasant.")
    if len(differences) == 1:
        return gettext("B is %(difference)s.") % {"difference": differences[0]}
    return gettext("B is %(first)s and %(second)s.") % {"first": differences[0], "second": differences[1]}


def _listed(sides: Sequence[Side]) -> str:
    adjectives = [side.adjective for side in sides]
    if len(adjectives) == 1:
        return adjectives[0]
    return gettext("%(first)s and %(second)s") % {"first": adjectives[0], "second": adjectives[1]}
