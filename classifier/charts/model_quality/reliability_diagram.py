"""Whether the percentages mean what they say, and when it had better say "Mixed"."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from classifier.charts.metric_text import Figure, part, wilson
from classifier.charts.number_text import percent

LEFT, TOP, SIDE, BOTTOM = 44, 10, 300, 40
HEIGHT = 220
"""Of the coverage curve's field, whose width is SIDE."""
LARGEST_DOT = 9.0
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
DIAGRAMS = (
    ("first_side", "First mood", "first"),
    ("second_side", "Second mood", "second"),
    ("4qaed", "Quadrant of mood", ""),
)


@dataclass(frozen=True)
class Tick:
    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Dot:
    """The songs of one step of confidence."""

    x: float
    y: float
    radius: float
    low_y: float
    high_y: float
    claimed: int
    right: int
    count: int


@dataclass(frozen=True)
class Reliability:
    title: str
    dots: list[Dot]
    ticks: list[Tick]
    words: str
    left: int = LEFT
    top: int = TOP
    side: int = SIDE
    size: int = LEFT + SIDE + 10
    height: int = TOP + SIDE + BOTTOM
    far_x: int = LEFT + SIDE
    far_y: int = TOP + SIDE


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    coverage: int
    confidence: int
    right: int


@dataclass(frozen=True)
class Coverage:
    """How often the first mood is right, if it is told only of the surest songs."""

    points: list[Point]
    path: str
    ticks: list[Tick]
    rows: list[Tick]
    threshold: int
    stated: int | None
    """Of 100 songs, those whose mood is stated."""
    threshold_x: float | None
    words: str
    left: int = LEFT
    top: int = TOP
    width: int = LEFT + SIDE + 10
    height: int = TOP + HEIGHT + BOTTOM
    far_x: int = LEFT + SIDE
    far_y: int = TOP + HEIGHT

    @property
    def unstated_width(self) -> float:
        return round(self.far_x - (self.threshold_x or self.far_x), 1)


def reliabilities(card: Mapping[str, Any], view: str = "both") -> list[Reliability]:
    found = [(key, title, side, part(card, "reliability", view, key)) for key, title, side in DIAGRAMS]
    return [_reliability(card, view, key, title, side, bins) for key, title, side, bins in found if bins]


def _reliability(
    card: Mapping[str, Any], view: str, key: str, title: str, side: str, bins: Sequence[Mapping[str, Any]]
) -> Reliability:
    most = max(int(one["count"]) for one in bins)
    dots = [_dot(one, most) for one in bins]
    ticks = [Tick(_x(value), _y(value, SIDE), str(round(100 * value))) for value in TICKS]
    return Reliability(title, dots, ticks, error_words(card, view, key, side))


def errors(card: Mapping[str, Any], view: str = "both") -> list[tuple[str, str]]:
    """Each diagram's sentence, for cards that tell the error but not what a diagram is drawn from."""
    found = [(title, error_words(card, view, key, side)) for key, title, side in DIAGRAMS]
    return [(title, words) for title, words in found if words]


def error_words(card: Mapping[str, Any], view: str, key: str, side: str) -> str:
    """How far claims and truth lie apart, and how far they would in a perfect model of so few songs."""
    errors = part(card, "composite", view, "calibration_error")
    found = part(errors, side) if side else part(card, "metrics", view, key, "calibration_error")
    expected = part(errors, f"{side}_expected") if side else part(card, "reliability", view, "expected", key)
    error, least = Figure.of(found), Figure.of(expected)
    if error is None:
        return ""
    told = f"Claims and truth lie {100 * error.value:.1f} points apart, on average."
    if least is None:
        return told
    return f"{told} With so few songs, a perfectly honest model would show {100 * least.value:.1f}."


def coverage(card: Mapping[str, Any], view: str = "both") -> Coverage | None:
    points = part(card, "composite", view, "coverage")
    threshold = Figure.of(part(card, "calibration", view, "threshold"))
    if not points or threshold is None:
        return None
    drawn = [
        Point(
            _x(p["coverage"]),
            _y(p["accuracy"], HEIGHT),
            *(percent(p[k]) for k in ("coverage", "confidence", "accuracy")),
        )
        for p in points
    ]
    stated = share_stated(points, threshold.value)
    return Coverage(
        points=drawn,
        path=" ".join(f"{point.x},{point.y}" for point in drawn),
        ticks=[Tick(_x(value), 0, str(round(100 * value))) for value in TICKS],
        rows=[Tick(0, _y(value, HEIGHT), str(round(100 * value))) for value in TICKS],
        threshold=percent(threshold.value),
        stated=None if stated is None else percent(stated),
        threshold_x=None if stated is None else _x(stated),
        words=_coverage_words(drawn),
    )


def share_stated(points: Sequence[Mapping[str, float]], threshold: float) -> float | None:
    """The share of songs that are surer than the threshold: read between the two points of the curve around it."""
    for sure, unsure in pairwise(points):
        above, below = sure["confidence"], unsure["confidence"]
        if above >= threshold > below:
            return sure["coverage"] + (unsure["coverage"] - sure["coverage"]) * (above - threshold) / (above - below)
    return float(points[-1]["coverage"]) if points[-1]["confidence"] >= threshold else None


def _coverage_words(points: Sequence[Point]) -> str:
    surest, all_of_them = points[0], points[-1]
    return (
        f"Of the surest {surest.coverage} of 100 songs the first mood is right for {surest.right} %, "
        f"of all of them for {all_of_them.right} %."
    )


def _dot(one: Mapping[str, Any], most: int) -> Dot:
    chance, right, count = float(one["chance"]), float(one["right"]), int(one["count"])
    low, high = wilson(right, count)
    return Dot(
        x=_x(chance),
        y=_y(right, SIDE),
        radius=round(max(LARGEST_DOT * math.sqrt(count / most), 2.5), 1),
        low_y=_y(low, SIDE),
        high_y=_y(high, SIDE),
        claimed=percent(chance),
        right=percent(right),
        count=count,
    )


def _x(share: float) -> float:
    return round(LEFT + share * SIDE, 1)


def _y(share: float, height: int) -> float:
    return round(TOP + (1 - share) * height, 1)
