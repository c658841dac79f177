"""Two songs beside each other: what each of nine emotions is in one and in the other, and what they share, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classifier import ml_gateway
from classifier.charts.metric_text import across
from classifier.charts.mood_names import Headline, Side
from classifier.charts.number_text import percent

ALIKE = 0.3
"""Of valence or arousal, 1..9: nearer than that, nobody would call one song livelier than the other."""
HALF = 0.5


@dataclass(frozen=True)
class EmotionPair:
    """Places in per cent of an axis that ends at `axis_end`."""

    side: Side
    a: str
    b: str
    low: str
    high: str
    a_percent: int
    b_percent: int


def axis_end(*scores: Mapping[str, Any]) -> float:
    """Half the listeners, or as far as any share goes, in steps of a tenth."""
    highest = max(share for one in scores for share in one["emotions"].values())
    return min(max(HALF, -(-highest * 10 // 1) / 10), 1.0)


def emotion_pairs(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[EmotionPair]:
    """The greatest difference first."""
    end = axis_end(a, b)
    shares = {key: (a["emotions"][key], b["emotions"][key]) for key in ml_gateway.EMOTIONS}
    order = sorted(shares, key=lambda key: -abs(shares[key][0] - shares[key][1]))
    return [_pair(key, *shares[key], end) for key in order]


def _pair(key: str, a: float, b: float, end: float) -> EmotionPair:
    low, high = sorted((a, b))
    places = [across(share / end) for share in (a, b, low, high)]
    return EmotionPair(Side(key), *places, percent(a), percent(b))


def moods_words(a: Headline, b: Headline) -> str:
    """What the two composite moods have in common."""
    if [side.key for side in a.sides] == [side.key for side in b.sides]:
        return f"Both are {ml_gateway.composite_name(*(side.key for side in a.sides))}."
    shared = [side for side in a.sides if side.key in {other.key for other in b.sides}]
    if len(shared) > 1:
        return f"Both are {_listed(shared)}, each with the other in front."
    if not shared:
        return f"They share no mood: A is {_listed(a.sides)}, B is {_listed(b.sides)}."
    [common] = shared
    (mine,), (theirs,) = ([side for side in one.sides if side.key != common.key] or [None] for one in (a, b))
    apart = ", ".join(
        f"{letter} also {side.adjective}" for letter, side in (("A", mine), ("B", theirs)) if side is not None
    )
    return f"Both are {common.adjective}; {apart}."


def place_words(a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    """Which is livelier and which more pleasant, if either is."""
    told = []
    for axis, more, less in (("arousal", "livelier", "quieter"), ("valence", "more pleasant", "less pleasant")):
        difference = b[axis] - a[axis]
        if abs(difference) >= ALIKE:
            told.append(f"{more if difference > 0 else less} ({axis} {b[axis]:.1f} beside {a[axis]:.1f})")
    if not told:
        return "They are about as lively and as pleasant as each other."
    return f"B is {' and '.join(told)}."


def _listed(sides: Sequence[Side]) -> str:
    return " and ".join(side.adjective for side in sides)
