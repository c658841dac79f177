"""A scale from period to period: a line of medians in the band between the quartiles."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from django.utils.translation import gettext

from classifier.charts.library.mood_map import LEAST, MOST, NEUTRAL
from classifier.localized import grouped

HEIGHT = 110
MIN_FOR_QUARTILES = 4
LONE_BAND = 0.12
"""Width of the band of a period without neighbours, in periods."""


@dataclass(frozen=True)
class MedianDot:
    text: str
    x: str
    y: float


@dataclass(frozen=True)
class BandChart:
    """Medians and quartiles of valence or arousal; lines are broken where no song was added."""

    title: str
    low: str
    high: str
    least: str
    most: str
    neutral: float
    height: int
    lines: list[str]
    bands: list[str]
    dots: list[MedianDot]


class Quartiles(NamedTuple):
    """Lower quartile, median and upper quartile; of fewer than four values, three times the median."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Quartiles | None:
        ordered = sorted(values)
        if not ordered:
            return None
        half, odd = divmod(len(ordered), 2)
        median = ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2
        if len(ordered) < MIN_FOR_QUARTILES:
            return cls(median, median, median)
        quarter = len(ordered) // 4
        return cls(ordered[quarter], median, ordered[-1 - quarter])

    @property
    def text(self) -> str:
        """5.2, half from 4.6 to 5.9."""
        median = grouped(self.median, 1)
        if self.low == self.high:
            return median
        values = {"median": median, "low": grouped(self.low, 1), "high": grouped(self.high, 1)}
        return gettext("%(median)s, half from %(low)s to %(high)s") % values


def band_chart(title: str, low: str, high: str, quartiles: Sequence[Quartiles | None]) -> BandChart:
    """One entry of `quartiles` for each period, None where no song was added."""
    shown = [value for period in quartiles if period for value in period]
    # The neutral point stays visible, so that a line shows on which side of it the songs are.
    least = max(math.floor(min([*shown, NEUTRAL - 1])), LEAST)
    most = min(math.ceil(max([*shown, NEUTRAL + 1])), MOST)

    def y(value: float) -> float:
        return round(HEIGHT - HEIGHT * (value - least) / (most - least), 1)

    lines, bands, dots = [], [], []
    numbered = [(number + 0.5, period) for number, period in enumerate(quartiles)]
    for has_songs, group in groupby(numbered, key=lambda pair: pair[1] is not None):
        if not has_songs:
            continue
        run = [(x, period) for x, period in group if period]
        corners = run
        if len(run) == 1:
            # A band needs a width to be visible.
            [(x, period)] = run
            corners = [(x - LONE_BAND / 2, period), (x + LONE_BAND / 2, period)]
        lines.append(" ".join(f"{x:g},{y(period.median)}" for x, period in run))
        upper = [f"{x:g},{y(period.high)}" for x, period in corners]
        lower = [f"{x:g},{y(period.low)}" for x, period in reversed(corners)]
        bands.append(" ".join(upper + lower))
        for x, period in run:
            dots.append(MedianDot(period.text, f"{100 * x / len(quartiles):.3f}%", y(period.median)))
    return BandChart(title, low, high, f"{least:g}", f"{most:g}", y(NEUTRAL), HEIGHT, lines, bands, dots)
