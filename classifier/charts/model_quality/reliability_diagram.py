"""Reliability diagrams (claimed against actual confidence), and the accuracy-coverage curve behind "Mixed"."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from classifier.charts.metric_text import Metric, card_value, wilson_interval
from classifier.charts.number_text import percent
from classifier.charts.primitives import Tick, polyline

LEFT, TOP, SIDE, BOTTOM = 44, 10, 300, 40
CURVE_HEIGHT = 220
"""Of the coverage curve's plot area, whose width is SIDE."""
LARGEST_RADIUS, SMALLEST_RADIUS = 9.0, 2.5
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
DIAGRAMS = (
    ("first_side", "Main mood", "first"),
    ("second_side", "Second mood", "second"),
    ("4qaed", "Mood quadrant", ""),
)


@dataclass(frozen=True)
class Bin:
    """The recordings with about the same claimed confidence."""

    x: float
    y: float
    radius: float
    low_y: float
    high_y: float
    claimed: int
    right: int
    count: int


@dataclass(frozen=True)
class ReliabilityDiagram:
    title: str
    bins: list[Bin]
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    text: str
    left: int = LEFT
    top: int = TOP
    side: int = SIDE
    size: int = LEFT + SIDE + 10
    height: int = TOP + SIDE + BOTTOM
    far_x: int = LEFT + SIDE
    far_y: int = TOP + SIDE


@dataclass(frozen=True)
class CurvePoint:
    x: float
    y: float
    coverage: int
    confidence: int
    right: int


@dataclass(frozen=True)
class CoverageCurve:
    """How often the main mood is right if it is stated only for the most confident songs."""

    points: list[CurvePoint]
    line: str
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    threshold: int
    stated: int | None
    """Songs of 100 whose mood is stated."""
    threshold_x: float | None
    text: str
    left: int = LEFT
    top: int = TOP
    width: int = LEFT + SIDE + 10
    height: int = TOP + CURVE_HEIGHT + BOTTOM
    far_x: int = LEFT + SIDE
    far_y: int = TOP + CURVE_HEIGHT

    @property
    def mixed_width(self) -> float:
        return round(self.far_x - (self.threshold_x or self.far_x), 1)


def reliability_diagrams(card: Mapping[str, Any], view: str = "both") -> list[ReliabilityDiagram]:
    diagrams = [(key, title, side, card_value(card, "reliability", view, key)) for key, title, side in DIAGRAMS]
    return [_diagram(card, view, key, title, side, bins) for key, title, side, bins in diagrams if bins]


def _diagram(
    card: Mapping[str, Any], view: str, key: str, title: str, side: str, bins: Sequence[Mapping[str, Any]]
) -> ReliabilityDiagram:
    largest = max(int(one["count"]) for one in bins)
    return ReliabilityDiagram(
        title=title,
        bins=[_bin(one, largest) for one in bins],
        x_ticks=[Tick(_x(value), f"{100 * value:.0f}") for value in TICKS],
        y_ticks=[Tick(_y(value, SIDE), f"{100 * value:.0f}") for value in TICKS],
        text=calibration_text(card, view, key, side),
    )


def calibration_errors(card: Mapping[str, Any], view: str = "both") -> list[tuple[str, str]]:
    """Title and sentence of each diagram, for cards that have the calibration error but no bins."""
    errors = [(title, calibration_text(card, view, key, side)) for key, title, side in DIAGRAMS]
    return [(title, text) for title, text in errors if text]


def calibration_text(card: Mapping[str, Any], view: str, key: str, side: str) -> str:
    """The calibration error, and the error that a perfectly calibrated model would show by chance."""
    errors = card_value(card, "composite", view, "calibration_error")
    measured = card_value(errors, side) if side else card_value(card, "metrics", view, key, "calibration_error")
    by_chance = (
        card_value(errors, f"{side}_expected") if side else card_value(card, "reliability", view, "expected", key)
    )
    error, least = Metric.from_card(measured), Metric.from_card(by_chance)
    if error is None:
        return ""
    text = f"On average, confidence and accuracy differ by {100 * error.value:.1f} points."
    if least is None:
        return text
    return f"{text} On so few songs, a perfectly calibrated model would show {100 * least.value:.1f}."


def coverage_curve(card: Mapping[str, Any], view: str = "both") -> CoverageCurve | None:
    points = card_value(card, "composite", view, "coverage")
    threshold = Metric.from_card(card_value(card, "calibration", view, "threshold"))
    if not points or threshold is None:
        return None
    curve = [
        CurvePoint(
            x=_x(point["coverage"]),
            y=_y(point["accuracy"], CURVE_HEIGHT),
            coverage=percent(point["coverage"]),
            confidence=percent(point["confidence"]),
            right=percent(point["accuracy"]),
        )
        for point in points
    ]
    stated = stated_share(points, threshold.value)
    return CoverageCurve(
        points=curve,
        line=polyline((point.x, point.y) for point in curve),
        x_ticks=[Tick(_x(value), f"{100 * value:.0f}") for value in TICKS],
        y_ticks=[Tick(_y(value, CURVE_HEIGHT), f"{100 * value:.0f}") for value in TICKS],
        threshold=percent(threshold.value),
        stated=None if stated is None else percent(stated),
        threshold_x=None if stated is None else _x(stated),
        text=(
            f"Of the {curve[0].coverage} % most confident songs the main mood is right for {curve[0].right} %, "
            f"of all songs for {curve[-1].right} %."
        ),
    )


def stated_share(points: Sequence[Mapping[str, float]], threshold: float) -> float | None:
    """The share of songs with a confidence above the threshold, interpolated between the curve's points."""
    for more, less in pairwise(points):
        above, below = more["confidence"], less["confidence"]
        if above >= threshold > below:
            return more["coverage"] + (less["coverage"] - more["coverage"]) * (above - threshold) / (above - below)
    return float(points[-1]["coverage"]) if points[-1]["confidence"] >= threshold else None


def _bin(one: Mapping[str, Any], largest: int) -> Bin:
    chance, right, count = float(one["chance"]), float(one["right"]), int(one["count"])
    low, high = wilson_interval(right, count)
    return Bin(
        x=_x(chance),
        y=_y(right, SIDE),
        radius=round(max(LARGEST_RADIUS * math.sqrt(count / largest), SMALLEST_RADIUS), 1),
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
