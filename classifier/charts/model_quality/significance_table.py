"""Which differences hold: who hears better than whom, and by how much at least."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier.charts.model_quality.metrics_table import TITLES, measure_named


@dataclass(frozen=True)
class Gain:
    measure: str
    who: str
    beside: str
    difference: str
    interval: str
    holds: bool
    """The whole interval lies on one side of nothing."""


def gains(card: Mapping[str, Any]) -> list[Gain]:
    return [_gain(one) for one in card.get("significance") or ()]


def _gain(one: Mapping[str, Any]) -> Gain:
    low, high = float(one["low"]), float(one["high"])
    return Gain(
        measure=measure_named(str(one["figure"])),
        who=TITLES.get(one["a"], str(one["a"])),
        beside=TITLES.get(one["b"], str(one["b"])),
        difference=_signed(float(one["difference"])),
        interval=f"{_signed(low)} to {_signed(high)}",
        holds=low > 0 or high < 0,
    )


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")
