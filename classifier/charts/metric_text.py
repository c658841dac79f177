"""Metrics of a model card as text: a value with its confidence interval, in per cent or decimals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from classifier.charts.number_text import percent
from classifier.charts.primitives import percent_of
from classifier.localized import grouped

NUMBERS = (
    gettext_noop("none"),
    gettext_noop("one"),
    gettext_noop("two"),
    gettext_noop("three"),
    gettext_noop("four"),
    gettext_noop("five"),
    gettext_noop("six"),
    gettext_noop("seven"),
    gettext_noop("eight"),
    gettext_noop("nine"),
    gettext_noop("ten"),
)
Z95 = 1.959964
"""Standard deviations on both sides of the mean that contain 95 % of a normal distribution."""


@dataclass(frozen=True)
class Metric:
    """A measured value with the ends of its 95 % confidence interval, if the card has one."""

    value: float
    low: float | None = None
    high: float | None = None
    as_percent: bool = True

    @classmethod
    def from_card(cls, entry: Any, *, as_percent: bool = True) -> Metric | None:
        """From a number, or {"value", "low", "high"}; None if the card has no such value."""
        if isinstance(entry, Mapping):
            value, low, high = entry.get("value"), entry.get("low"), entry.get("high")
        else:
            value, low, high = entry, None, None
        if value is None:
            return None
        if low is None or high is None:
            return cls(float(value), as_percent=as_percent)
        return cls(float(value), float(low), float(high), as_percent)

    @property
    def text(self) -> str:
        return self._format(self.value) + (" %" if self.as_percent else "")

    @property
    def interval(self) -> str:
        """ "64 to 71 %"; empty if the card has no interval."""
        if self.low is None or self.high is None:
            return ""
        ends = {"low": self._format(self.low), "high": self._format(self.high)}
        return gettext("%(low)s to %(high)s") % ends + (" %" if self.as_percent else "")

    @property
    def exact(self) -> str:
        """Three decimals with the interval, as in tables."""
        if self.low is None or self.high is None:
            return grouped(self.value, 3)
        values = {"value": self.value, "low": self.low, "high": self.high}
        return gettext("%(value)s [%(low)s, %(high)s]") % {name: grouped(one, 3) for name, one in values.items()}

    @property
    def x(self) -> str:
        """Position on an axis from 0 to 1; negative values stay at its start."""
        return percent_of(self.value)

    @property
    def low_x(self) -> str:
        return percent_of(self.value if self.low is None else self.low)

    @property
    def high_x(self) -> str:
        return percent_of(self.value if self.high is None else self.high)

    def _format(self, value: float) -> str:
        return str(percent(value)) if self.as_percent else grouped(value, 2).replace("-", "−")


def card_value(values: Any, *path: str) -> Any:
    """The value at a path of keys; None if any of them is missing, as in older cards."""
    for key in path:
        if not isinstance(values, Mapping) or key not in values:
            return None
        values = values[key]
    return values


def out_of_ten(share: float) -> str:
    """ "about seven", or "six or seven" if the share lies between two numbers."""
    whole, rest = divmod(10 * share, 1)
    if 0.3 < rest < 0.7:
        numbers = {"lower": gettext(NUMBERS[int(whole)]), "higher": gettext(NUMBERS[int(whole) + 1])}
        return gettext("%(lower)s or %(higher)s") % numbers
    return gettext("about %(number)s") % {"number": gettext(NUMBERS[round(10 * share)])}


def wilson_interval(share: float, count: int) -> tuple[float, float]:
    """95 % confidence interval of a proportion (Wilson 1927); unlike the normal approximation it stays within 0..1."""
    spread = Z95 * Z95 / count
    middle = (share + spread / 2) / (1 + spread)
    reach = Z95 * math.sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    # Rounded, so that a share of 0 or 1 ends its interval exactly there.
    return max(0.0, round(middle - reach, 12)), min(1.0, round(middle + reach, 12))
