"""The most important metrics in a few sentences, each with ten circles, some of them filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from classifier.charts.metric_text import Metric, card_value, out_of_ten

EDITORS = "4qaed"
"""The collection whose editors gave each song 3 to 30 mood words: the hardest to please by chance."""
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
    """How often people used a word of the main mood, of at least one, and of both moods; none for older cards."""
    texts = (
        ("first", gettext("the main mood"), gettext("Editors described the song with a word of its main mood.")),
        ("one", gettext("at least one mood"), gettext("They used a word of one of its two moods, or of both.")),
        ("both", gettext("both moods"), gettext("They used a word of each of its two moods.")),
    )
    headlines = []
    for key, subject, text in texts:
        metric = Metric.from_card(card_value(card, "names", "both", EDITORS, "figures", key))
        if metric is not None:
            headlines.append(_headline(metric, subject, text, _baselines(card, key)))
    return headlines


def _headline(metric: Metric, subject: str, text: str, baseline: str) -> HeadlineMetric:
    return HeadlineMetric(
        out_of_ten=_capitalised(gettext("%(number)s of ten:") % {"number": out_of_ten(metric.value)}),
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


def _baselines(card: Mapping[str, Any], key: str) -> str:
    titles = {
        "plain_svm": gettext("Support vector machine"),
        "most_frequent": gettext("Always the two most frequent"),
        "chance": gettext("Random"),
    }
    values = {
        title: Metric.from_card(card_value(card, "baselines", name, "names", EDITORS, key))
        for name, title in titles.items()
    }
    return " ".join(f"{title}: {value.text}." for title, value in values.items() if value)


def summary_text(card: Mapping[str, Any]) -> str:
    """The page's first sentence; empty if the card has no metrics."""
    quadrant = Metric.from_card(card_value(card, "metrics", "both", "4qaed", "accuracy"))
    first, one = (
        Metric.from_card(card_value(card, "names", "both", EDITORS, "figures", key)) for key in ("first", "one")
    )
    if quadrant is None:
        return ""
    values = {"quadrant": out_of_ten(quadrant.value)}
    if first is None or one is None:
        text = gettext(
            "Of ten songs by artists that are new to it, the quadrant (happy, angry, sad or relaxed) is right for "
            "%(quadrant)s."
        )
        return text % values
    text = gettext(
        "Of ten songs by artists that are new to it, %(first)s get a main mood that people used for them, and %(one)s "
        "at least one such mood; the quadrant (happy, angry, sad or relaxed) is right for %(quadrant)s."
    )
    return text % {**values, "first": out_of_ten(first.value), "one": out_of_ten(one.value)}


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def axes_text(card: Mapping[str, Any]) -> str:
    """Which of valence and arousal it predicts better."""
    valence, arousal = (
        Metric.from_card(card_value(card, "metrics", "both", "4qaed", f"r2_{axis}")) for axis in ("valence", "arousal")
    )
    if valence is None or arousal is None:
        return ""
    if arousal.value - valence.value > NOTABLE_DIFFERENCE:
        return gettext("It predicts how lively a song is better than how pleasant.")
    if valence.value - arousal.value > NOTABLE_DIFFERENCE:
        return gettext("It predicts how pleasant a song is better than how lively.")
    return gettext("It predicts about equally well how pleasant and how lively a song is.")
