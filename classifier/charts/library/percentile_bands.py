"""The middle of a scale from period to period, as a line within the band of the middle half."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from classifier.charts.library.mood_map import LEAST, MOST, NEUTRAL

HEIGHT = 110
HALF_FROM = 4
"""The middle half of fewer songs says nothing."""


@dataclass(frozen=True)
class Middle:
    """Where the middle song of a period lies on a scale."""

    text: str
    x: str
    y: float


@dataclass(frozen=True)
class Scale:
    """The middle of valence or of arousal from period to period; a line is broken where no song was added."""

    title: str
    low: str
    high: str
    least: str
    most: str
    neutral: float
    height: int
    lines: list[str]
    bands: list[str]
    middles: list[Middle]


class Summary(NamedTuple):
    """The middle value, between the ends of the middle half; of few values, the middle one alone."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Summary | None:
        ordered = sorted(values)
        if not ordered:
            return None
        half, odd = divmod(len(ordered), 2)
        middle = ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2
        if len(ordered) < HALF_FROM:
            return cls(middle, middle, middle)
        quarter = len(ordered) // 4
        return cls(ordered[quarter], middle, ordered[-1 - quarter])

    @property
    def text(self) -> str:
        """5.2, half from 4.6 to 5.9."""
        middle = f"{self.middle:.1f}"
        return middle if self.low == self.high else f"{middle}, half from {self.low:.1f} to {self.high:.1f}"


def scale(title: str, low: str, high: str, summaries: Sequence[Summary | None]) -> Scale:
    """`summaries` are the periods', None where no song was added."""
    seen = [value for summary in summaries if summary for value in summary]
    # The middle of the scale stays in sight, so that a line says on which side of it the songs are.
    least = max(math.floor(min([*seen, NEUTRAL - 1])), LEAST)
    most = min(math.ceil(max([*seen, NEUTRAL + 1])), MOST)

    def y(value: float) -> float:
        return round(HEIGHT - HEIGHT * (value - least) / (most - least), 1)

    lines, bands, middles = [], [], []
    numbered = [(number + 0.5, summary) for number, summary in enumerate(summaries)]
    for there, group in groupby(numbered, key=lambda pair: pair[1] is not None):
        if not there:
            continue
        stretch = [(x, summary) for x, summary in group if summary]
        lines.append(" ".join(f"{x:g},{y(summary.middle)}" for x, summary in stretch))
        upper = [f"{x:g},{y(summary.high)}" for x, summary in stretch]
        lower = [f"{x:g},{y(summary.low)}" for x, summary in reversed(stretch)]
        bands.append(" ".join(upper + lower))
        for x, summary in stretch:
            middles.append(Middle(summary.text, f"{100 * x / len(summaries):.3f}%", y(summary.middle)))
    return Scale(title, low, high, f"{least:g}", f"{most:g}", y(NEUTRAL), HEIGHT, lines, bands, middles)
