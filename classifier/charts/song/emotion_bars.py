"""The nine emotions as bars, with the value of each network marked on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier import ml_gateway
from classifier.charts.mood_names import Side
from classifier.charts.primitives import Bar


@dataclass(frozen=True)
class EmotionBar:
    """One emotion: the expected share of listeners who feel it, by both networks and by each."""

    side: Side
    both: Bar
    cnn1d: Bar
    cnn2d: Bar


def emotion_bars(scores: Mapping[str, Any], models: Mapping[str, Any]) -> list[EmotionBar]:
    """The strongest emotion first, on an axis that ends at `axis_end`."""
    end = axis_end(scores, *models.values())
    emotions, cnn1d, cnn2d = scores["emotions"], models["cnn1d"]["emotions"], models["cnn2d"]["emotions"]
    return [
        EmotionBar(Side(key), Bar.of(emotions[key], end), Bar.of(cnn1d[key], end), Bar.of(cnn2d[key], end))
        for key in sorted(ml_gateway.EMOTIONS, key=lambda key: -emotions[key])
    ]


def axis_end(*scores: Mapping[str, Any]) -> float:
    """The end of an axis of emotions: half of the listeners, or the next tenth above the highest share."""
    highest = max(share for one in scores for share in one["emotions"].values())
    return min(max(0.5, -(-highest * 10 // 1) / 10), 1.0)
