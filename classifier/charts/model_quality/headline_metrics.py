"""The most important metrics in a few sentences, each with ten circles, some of them filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier import ml_gateway
from classifier.charts.metric_text import Metric, card_value, out_of_ten

STEP, RADIUS = 22, 8
NOTABLE_DIFFERENCE = 0.05
"""Of R²: a smaller difference between valence and arousal is not worth a sentence."""


@dataclass(frozen=True)
class HeadlineMetric:
    """One metric, and what a baseline reaches."""

    out_of_ten: str
    subject: str
    text: str
    metric: Metric
    baseline: str
    circles: list[int]
    """The centres of ten circles, from left to right."""
    width: int
    filled_width: float
    """Where the filled part ends: of 6.7 songs, the seventh circle is filled for seven tenths."""


def headline_metrics(card: Mapping[str, Any]) -> list[HeadlineMetric]:
    metrics = card_value(card, "composite", "both", "figures")
    candidates = (
        (
            card_value(card, "metrics", "both", "4qaed", "accuracy"),
            "the right quadrant",
            "It recognises whether a song is happy, angry, sad or relaxed.",
            _quadrant_baseline(card),
        ),
        (
            card_value(metrics, "first_side_right"),
            "the main mood",
            "It is one of the two moods, of nine, that listeners chose most often.",
            _constant_baseline(card, "first_side_right"),
        ),
        (
            card_value(metrics, "one_side_right"),
            "at least one mood",
            "At least one of the two predicted moods is among the two that listeners chose most often.",
            _constant_baseline(card, "one_side_right"),
        ),
        (
            card_value(metrics, "pair_exact"),
            "both moods",
            "Both predicted moods match the listeners’ answers.",
            _pair_baseline(card),
        ),
    )
    measured = [(Metric.from_card(value), subject, text, baseline) for value, subject, text, baseline in candidates]
    return [_headline(metric, subject, text, baseline) for metric, subject, text, baseline in measured if metric]


def _headline(metric: Metric, subject: str, text: str, baseline: str) -> HeadlineMetric:
    return HeadlineMetric(
        out_of_ten=f"{out_of_ten(metric.value).capitalize()} of ten:",
        subject=subject,
        text=text,
        metric=metric,
        baseline=baseline,
        circles=[STEP * i + STEP // 2 for i in range(10)],
        width=10 * STEP,
        filled_width=_filled_width(metric.value),
    )


def _filled_width(share: float) -> float:
    whole, rest = divmod(10 * share, 1)
    return round(STEP * whole + (STEP / 2 - RADIUS + 2 * RADIUS * rest if rest else 0), 1)


def _quadrant_baseline(card: Mapping[str, Any]) -> str:
    random = f"Random: {100 // len(ml_gateway.QUADRANT_WORDS)} %."
    svm = Metric.from_card(card_value(card, "baselines", "plain_svm", "4qaed", "accuracy"))
    return f"{random} Support vector machine: {svm.text}." if svm else random


def _constant_baseline(card: Mapping[str, Any], name: str) -> str:
    constant = Metric.from_card(card_value(card, "baselines", "most_frequent", "composite", name))
    return f"Always the most frequent answer: {constant.text}." if constant else ""


def _pair_baseline(card: Mapping[str, Any]) -> str:
    frequent = card_value(card, "composite", "both", "most_frequent_pair")
    if not frequent:
        return ""
    constant = Metric.from_card(frequent["pair_exact"])
    return f"Always “{ml_gateway.composite_name(*frequent['pair'])}”: {constant.text}." if constant else ""


def summary_text(card: Mapping[str, Any]) -> str:
    """The page's first sentence; empty if the card has no metrics."""
    quadrant = Metric.from_card(card_value(card, "metrics", "both", "4qaed", "accuracy"))
    first = Metric.from_card(card_value(card, "composite", "both", "figures", "first_side_right"))
    if quadrant is None or first is None:
        return ""
    return (
        "Of ten songs by artists that are new to it, it gets the quadrant (happy, angry, sad or relaxed) right for "
        f"{out_of_ten(quadrant.value)}. For {out_of_ten(first.value)}, its main mood is one that listeners chose most "
        "often."
    )


def axes_text(card: Mapping[str, Any]) -> str:
    """Which of valence and arousal it predicts better."""
    valence, arousal = (
        Metric.from_card(card_value(card, "metrics", "both", "4qaed", f"r2_{axis}")) for axis in ("valence", "arousal")
    )
    if valence is None or arousal is None:
        return ""
    if arousal.value - valence.value > NOTABLE_DIFFERENCE:
        return "It predicts how lively a song is better than how pleasant."
    if valence.value - arousal.value > NOTABLE_DIFFERENCE:
        return "It predicts how pleasant a song is better than how lively."
    return "It predicts about equally well how pleasant and how lively a song is."
