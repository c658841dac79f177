"""The answer to "How good is it?" in a few sentences, each with ten songs, some of them filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier import ml_gateway
from classifier.charts.metric_text import Figure, of_ten, part

STEP, RADIUS = 22, 8


@dataclass(frozen=True)
class Short:
    """One sentence, its figure, and what would be right by chance or by an easier way."""

    of_ten: str
    what: str
    text: str
    figure: Figure
    beside: str
    dots: list[int]
    """Middles of ten circles, from left to right."""
    width: int
    filled: float
    """As far as they are filled, from the left: the seventh of 6.7 songs is filled for seven tenths."""


def shorts(card: Mapping[str, Any]) -> list[Short]:
    figures = part(card, "composite", "both", "figures")
    candidates = (
        (
            part(card, "metrics", "both", "4qaed", "accuracy"),
            "the right quadrant",
            "It hears whether a song is happy, angry, sad or relaxed.",
            _quadrants_beside(card),
        ),
        (
            part(figures, "first_side_right"),
            "the first mood",
            "It is one of the two that listeners name most, of nine.",
            _always_beside(card, "first_side_right"),
        ),
        (
            part(figures, "one_side_right"),
            "one mood of two",
            "At least one of its two moods is among the two that listeners name most.",
            _always_beside(card, "one_side_right"),
        ),
        (
            part(figures, "pair_exact"),
            "the whole mixture",
            "Both moods together are as the listeners’ answers give them.",
            _pair_beside(card),
        ),
    )
    found = [(Figure.of(measured), *told) for measured, *told in candidates]
    return [_short(figure, *told) for figure, *told in found if figure is not None]


def _short(figure: Figure, what: str, text: str, beside: str) -> Short:
    return Short(
        of_ten=f"{of_ten(figure.value).capitalize()} of ten:",
        what=what,
        text=text,
        figure=figure,
        beside=beside,
        dots=[STEP * i + STEP // 2 for i in range(10)],
        width=10 * STEP,
        filled=_filled(figure.value),
    )


def _filled(share: float) -> float:
    whole, rest = divmod(10 * share, 1)
    return round(STEP * whole + (STEP / 2 - RADIUS + 2 * RADIUS * rest if rest else 0), 1)


def _quadrants_beside(card: Mapping[str, Any]) -> str:
    guess = f"Guessing: {100 // len(ml_gateway.QUADRANT_WORDS)} %."
    plain = Figure.of(part(card, "baselines", "plain_svm", "4qaed", "accuracy"))
    return f"{guess} A plain method: {plain.text}." if plain else guess


def _always_beside(card: Mapping[str, Any], figure: str) -> str:
    always = Figure.of(part(card, "baselines", "most_frequent", "composite", figure))
    return f"Always saying the same: {always.text}." if always else ""


def _pair_beside(card: Mapping[str, Any]) -> str:
    frequent = part(card, "composite", "both", "most_frequent_pair")
    if not frequent:
        return ""
    always = Figure.of(frequent["pair_exact"])
    return f"Always saying “{ml_gateway.composite_name(*frequent['pair'])}”: {always.text}." if always else ""


def lead(card: Mapping[str, Any]) -> str:
    """The one sentence to remember; empty where the card has no figures at all."""
    quadrant = Figure.of(part(card, "metrics", "both", "4qaed", "accuracy"))
    first = Figure.of(part(card, "composite", "both", "figures", "first_side_right"))
    if quadrant is None or first is None:
        return ""
    return (
        "Of ten songs by artists it has never heard, it gets the quadrant (happy, angry, sad or relaxed) right for "
        f"{of_ten(quadrant.value)}, and its first mood is one that listeners name most for {of_ten(first.value)}."
    )


def axes_words(card: Mapping[str, Any]) -> str:
    """Which of the two axes of the plane it hears better."""
    pleasant, lively = (
        Figure.of(part(card, "metrics", "both", "4qaed", f"r2_{axis}")) for axis in ("valence", "arousal")
    )
    if pleasant is None or lively is None:
        return ""
    if lively.value - pleasant.value > 0.05:
        return "How lively a song is, it hears better than how pleasant."
    if pleasant.value - lively.value > 0.05:
        return "How pleasant a song is, it hears better than how lively."
    return "How pleasant and how lively a song is, it hears about equally well."
