"""What training measures for the rules of `ml.moods`: calibrated confidence and the distribution of scores.

Both are stored in a bundle's card as plain JSON. A card without them, or with numbers that are not finite, raises
MoodError("model_corrupt").
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from statistics import quantiles
from typing import Any

from ml.errors import MoodError

MIN_SHARE, MAX_SHARE = 0.005, 0.995
"""Shares are clipped to this range, because the logit of 0 and of 1 is infinite."""


@dataclass(frozen=True)
class Logistic:
    """A calibrated probability: sigmoid(bias + logit_weight * logit(share) + gap_weight * gap)."""

    bias: float
    logit_weight: float
    gap_weight: float

    def chance(self, share: float, gap: float) -> float:
        """The probability, 0..1, for a mood's share (0..1) and its lead over the best mood outside the pair (-1..1)."""
        share = min(max(share, MIN_SHARE), MAX_SHARE)
        score = self.bias + self.logit_weight * math.log(share / (1 - share)) + self.gap_weight * gap
        return 0.5 * (1 + math.tanh(score / 2))


@dataclass(frozen=True)
class Calibration:
    """The confidence of each side, and the confidence (0..1) of the first side from which a mood is stated."""

    first: Logistic
    second: Logistic
    threshold: float

    def to_card(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_card(cls, values: Mapping[str, Any]) -> Calibration:
        """The calibration in a card. Raises MoodError("model_corrupt")."""
        try:
            first, second = (Logistic(**values[side]) for side in ("first", "second"))
            numbers = {**asdict(first), **{f"second {k}": v for k, v in asdict(second).items()}}
            threshold = finite(values["threshold"], "threshold")
        except (KeyError, TypeError) as error:
            raise corrupt("The model's card has no usable calibration") from error
        for name, number in numbers.items():
            finite(number, name)
        return cls(first, second, threshold)


@dataclass(frozen=True)
class Reference:
    """The distribution of scores over a library of real music: 21 rising quantiles each (0, 5, ..., 100 %)."""

    quantiles: Mapping[str, tuple[float, ...]]

    STEPS = 20

    def rank(self, name: str, value: float) -> float:
        """The share of the library (0..1) below a value; the middle of the range if several quantiles equal it."""
        if name not in self.quantiles:
            raise corrupt(f"The model's card has no reference for the score {name!r}")
        knots = self.quantiles[name]
        left, right = bisect_left(knots, value), bisect_right(knots, value)
        if left < right:
            return (left + right - 1) / 2 / self.STEPS
        if left in (0, len(knots)):
            return min(left, self.STEPS) / self.STEPS
        below, above = knots[left - 1], knots[left]
        return (left - 1 + (value - below) / (above - below)) / self.STEPS

    @classmethod
    def of(cls, library: Iterable[Mapping[str, float]]) -> Reference:
        """The distribution over two or more songs, each a mapping of score names to values (see `moods.flat`)."""
        songs = list(library)
        if len(songs) < 2:
            raise ValueError(f"A reference library needs two or more songs; it has {len(songs)}.")
        columns = {name: [song[name] for song in songs] for name in songs[0]}
        inner = {name: quantiles(values, n=cls.STEPS, method="inclusive") for name, values in columns.items()}
        return cls({name: (min(values), *inner[name], max(values)) for name, values in columns.items()})

    def to_card(self) -> dict[str, list[float]]:
        return {name: list(knots) for name, knots in self.quantiles.items()}

    @classmethod
    def from_card(cls, values: Mapping[str, Any]) -> Reference:
        """The reference in a card. Raises MoodError("model_corrupt")."""
        try:
            knots_by_name = {name: tuple(finite(knot, name) for knot in knots) for name, knots in values.items()}
        except (AttributeError, TypeError) as error:
            raise corrupt("The model's card has no usable reference library") from error
        for name, knots in knots_by_name.items():
            if len(knots) != cls.STEPS + 1 or list(knots) != sorted(knots):
                raise corrupt(f"The reference of {name!r} must be 21 rising quantiles")
        return cls(knots_by_name)


def finite(value: Any, name: str) -> float:
    """A value as a finite number. Raises MoodError("model_corrupt")."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise corrupt(f"The value of {name!r} is {value!r}, but only finite numbers are allowed")
    return number


def corrupt(problem: str) -> MoodError:
    """The error for a damaged bundle; `problem` is the first half of its sentence."""
    return MoodError("model_corrupt", f"{problem}; the model is damaged: install its bundle again.")
