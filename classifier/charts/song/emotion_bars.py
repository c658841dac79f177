"""The nine emotions as bars, each network's own figure marked on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier import ml_gateway
from classifier.charts.mood_names import Side
from classifier.charts.number_text import percent

LEAST_SCALE = 0.5


@dataclass(frozen=True)
class Bar:
    """One emotion: how many listeners are expected to feel it, by both networks and by each. Per cent of the scale."""

    side: Side
    percent: int
    width: str
    one: str
    two: str
    one_percent: int
    two_percent: int


def bars(scores: Mapping[str, Any], models: Mapping[str, Any], scale: float) -> list[Bar]:
    """The strongest first."""
    one, two = models["cnn1d"]["emotions"], models["cnn2d"]["emotions"]
    strongest_first = sorted(ml_gateway.EMOTIONS, key=lambda key: -scores["emotions"][key])
    return [
        Bar(
            side=Side(key),
            percent=percent(scores["emotions"][key]),
            width=_width(scores["emotions"][key], scale),
            one=_width(one[key], scale),
            two=_width(two[key], scale),
            one_percent=percent(one[key]),
            two_percent=percent(two[key]),
        )
        for key in strongest_first
    ]


def scale_of(scores: Mapping[str, Any], models: Mapping[str, Any]) -> float:
    """The end of the axis: half the listeners, or as far as any score goes, in steps of a tenth."""
    shown = [scores, models["cnn1d"], models["cnn2d"]]
    highest = max(share for one in shown for share in one["emotions"].values())
    return min(max(LEAST_SCALE, -(-highest * 10 // 1) / 10), 1.0)


def _width(share: float, scale: float) -> str:
    return f"{min(100 * share / scale, 100):.2f}%"
