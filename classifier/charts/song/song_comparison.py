"""Two songs compared: the nine emotions in each, and what their moods have in common, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classifier import ml_gateway
from classifier.charts.mood_names import CompositeMood, Side
from classifier.charts.primitives import Bar, percent_of
from classifier.charts.song.emotion_bars import axis_end

LEAST_DIFFERENCE = 0.3
"""Of valence or arousal (1..9): a smaller difference is not noticeable."""


@dataclass(frozen=True)
class EmotionPair:
    """One emotion in both songs, and the line between the two, on an axis that ends at `axis_end`."""

    side: Side
    a: Bar
    b: Bar
    low_x: str
    high_x: str


def emotion_pairs(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[EmotionPair]:
    """The largest difference first."""
    end = axis_end(a, b)
    shares = {key: (a["emotions"][key], b["emotions"][key]) for key in ml_gateway.EMOTIONS}
    order = sorted(shares, key=lambda key: -abs(shares[key][0] - shares[key][1]))
    return [_pair(key, *shares[key], end) for key in order]


def _pair(key: str, a: float, b: float, end: float) -> EmotionPair:
    return EmotionPair(
        Side(key), Bar.of(a, end), Bar.of(b, end), percent_of(min(a, b), end), percent_of(max(a, b), end)
    )


def shared_moods_text(a: CompositeMood, b: CompositeMood) -> str:
    """What the two composite moods have in common."""
    if [side.key for side in a.sides] == [side.key for side in b.sides]:
        return f"Both are {ml_gateway.composite_name(*(side.key for side in a.sides))}."
    shared = [side for side in a.sides if side.key in {other.key for other in b.sides}]
    if len(shared) > 1:
        return f"Both are {_listed(shared)}, in a different order."
    if not shared:
        return f"They share no mood: A is {_listed(a.sides)}, B is {_listed(b.sides)}."
    [common] = shared
    others = [
        f"{letter} is also {side.adjective}"
        for letter, mood in (("A", a), ("B", b))
        for side in mood.sides
        if side.key != common.key
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
