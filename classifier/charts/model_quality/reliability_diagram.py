"""Reliability diagrams (claimed against actual confidence), and the accuracy-coverage curve behind "Mixed"."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext, gettext_noop

from classifier.charts.metric_text import Metric, card_value, wilson_interval
from classifier.charts.number_text import percent
from classifier.charts.primitives import Tick, polyline
from classifier.localized import grouped

LEFT, TOP, SIDE, BOTTOM = 44, 10, 300, 40
CURVE_HEIGHT = 220
"""Of the coverage curve's plot area, whose width is SIDE."""
LARGEST_RADIUS, SMALLEST_RADIUS = 9.0, 2.5
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Source:
    """Where a card holds the bins of a diagram, its calibration error, and the error of a perfect model."""

    title: str
    bins: tuple[str, ...]
    error: tuple[str, ...]
    error_by_chance: tuple[str, ...]


def _side(naming: str, side: str, title: str) -> Source:
    names = ("names", "both", naming)
    return Source(
        title,
        (*names, "reliability", side),
        (*names, "calibration_error", side),
        (*names, "calibration_error", f"{side}_expected"),
    )


SOURCES = (
    _side("4qaed", "first", gettext_noop("Main mood, editors’ words")),
    _side("4qaed", "second", gettext_noop("Second mood, editors’ words")),
    _side("emotify_all_terms", "first", gettext_noop("Main mood, listeners")),
    Source(
        gettext_noop("Mood quadrant"),
        ("reliability", "both", "4qaed"),
        ("metrics", "both", "4qaed", "calibration_error"),
        ("reliability", "both", "expected", "4qaed"),
    ),
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


def reliability_diagrams(card: Mapping[str, Any]) -> list[ReliabilityDiagram]:
    measured = [(source, card_value(card, *source.bins)) for source in SOURCES]
    return [_diagram(card, source, bins) for source, bins in measured if bins]


def _diagram(card: Mapping[str, Any], source: Source, bins: Sequence[Mapping[str, Any]]) -> ReliabilityDiagram:
    return reliability_diagram(gettext(source.title), bins, _calibration_text(card, source))


def reliability_diagram(title: str, bins: Sequence[Mapping[str, Any]], text: str) -> ReliabilityDiagram:
    """Each of `bins`, of which there is at least one, has "chance", "right" and "count"."""
    largest = max(int(one["count"]) for one in bins)
    return ReliabilityDiagram(
        title=title,
        bins=[_bin(one, largest) for one in bins],
        x_ticks=[Tick(_x(value), f"{100 * value:.0f}") for value in TICKS],
        y_ticks=[Tick(_y(value, SIDE), f"{100 * value:.0f}") for value in TICKS],
        text=text,
    )


def calibration_errors(card: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Title and sentence of each diagram, for cards that have the calibration error but no bins."""
    errors = [(gettext(source.title), _calibration_text(card, source)) for source in SOURCES]
    return [(title, text) for title, text in errors if text]


def _calibration_text(card: Mapping[str, Any], source: Source) -> str:
    """The calibration error, and the error that a perfectly calibrated model would show by chance."""
    error = Metric.from_card(card_value(card, *source.error))
    by_chance = Metric.from_card(card_value(card, *source.error_by_chance))
    if error is None:
        return ""
    points = grouped(100 * error.value, 1)
    if by_chance is None:
        return gettext("On average, confidence and accuracy differ by %(points)s points.") % {"points": points}
    text = gettext(
        "On average, confidence and accuracy differ by %(points)s points. On so few songs, a perfectly calibrated "
        "model would show %(expected)s."
    )
    return text % {"points": points, "expected": grouped(100 * by_chance.value, 1)}


def coverage_curve(card: Mapping[str, Any]) -> CoverageCurve | None:
    points = card_value(card, "names", "both", "4qaed", "coverage")
    threshold = Metric.from_card(card_value(card, "calibration", "both", "threshold"))
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
        text=gettext(
            "For %(right)s %% of the %(coverage)s %% most confident songs, and for %(right_of_all)s %% of all songs, "
            "editors used a word of the main mood."
        )
        % {"right": curve[0].right, "coverage": curve[0].coverage, "right_of_all": curve[-1].right},
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
