"""A card's figures as a person reads them: a value with its interval, in per cent, in decimals, or in songs of ten."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier.charts.number_text import percent

NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
Z95 = 1.959964
"""Standard deviations on both sides of the mean that hold 95 % of a normal distribution."""


@dataclass(frozen=True)
class Figure:
    """A measured value with the ends of its 95 % interval, where the card has one."""

    value: float
    low: float | None = None
    high: float | None = None
    as_percent: bool = True

    @classmethod
    def of(cls, found: Any, *, as_percent: bool = True) -> Figure | None:
        """From a number, or {"value", "low", "high"}; None where the card holds nothing there."""
        if isinstance(found, Mapping):
            value, low, high = found.get("value"), found.get("low"), found.get("high")
        else:
            value, low, high = found, None, None
        if value is None:
            return None
        whole = low is not None and high is not None
        return cls(float(value), float(low) if whole else None, float(high) if whole else None, as_percent)

    @property
    def text(self) -> str:
        return self.tell(self.value) + (" %" if self.as_percent else "")

    @property
    def interval(self) -> str:
        """ "64 to 71 %"; empty where the card has none."""
        if self.low is None or self.high is None:
            return ""
        return f"{self.tell(self.low)} to {self.tell(self.high)}" + (" %" if self.as_percent else "")

    @property
    def exact(self) -> str:
        """Three decimals with the interval, as tables print it."""
        return f"{self.value:.3f}" + ("" if self.low is None else f" [{self.low:.3f}, {self.high:.3f}]")

    def tell(self, value: float) -> str:
        return str(percent(value)) if self.as_percent else f"{value:.2f}".replace("-", "−")

    @property
    def place(self) -> str:
        return across(self.value)

    @property
    def low_place(self) -> str:
        return across(self.value if self.low is None else self.low)

    @property
    def high_place(self) -> str:
        return across(self.value if self.high is None else self.high)


def part(values: Any, *path: str) -> Any:
    """What a card holds at a path of keys; None where it lacks any of them, as older cards do."""
    found = values
    for name in path:
        if not isinstance(found, Mapping) or name not in found:
            return None
        found = found[name]
    return found


def across(value: float) -> str:
    """Where 0..1 lies on an axis that is as wide as the page has room for; what is beyond stays at its end."""
    return f"{100 * min(max(value, 0.0), 1.0):.2f}%"


def of_ten(share: float) -> str:
    """ "about seven", or "six or seven" where the share lies between two numbers of ten."""
    whole, rest = divmod(10 * share, 1)
    if 0.3 < rest < 0.7:
        return f"{NUMBERS[int(whole)]} or {NUMBERS[int(whole) + 1]}"
    return f"about {NUMBERS[round(10 * share)]}"


def wilson(share: float, count: int) -> tuple[float, float]:
    """95 % interval of a share of `count` (Wilson 1927): unlike the plain one it never leaves 0..1."""
    spread = Z95 * Z95 / count
    middle = (share + spread / 2) / (1 + spread)
    reach = Z95 * math.sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    # Rounded, so that a share of 0 or 1 ends its interval exactly there.
    return max(0.0, round(middle - reach, 12)), min(1.0, round(middle + reach, 12))
