"""Combining the two networks' score vectors. Training fits the rule, serving applies it.

A bundle's card stores it as {"combination": {head: {"share_of_2d", "sharpness"}}}. An older card has only
"share_of_2d", which means the plain weighted mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ml.calibration import corrupt, finite
from ml.models.score_vector import HEADS

MIN_PROBABILITY = 1e-6
"""Probabilities are raised to at least this before they are sharpened, so that 0 does not stay 0."""


@dataclass(frozen=True)
class HeadCombination:
    """One head's rule: a weighted mean of both networks, then sharpening.

    `share_of_2d` is the weight of the 2D network, 0..1. `sharpness` is positive; 1 changes nothing. Heads that sum to 1
    are raised to this power and normalised, which is temperature scaling (Guo et al. 2017) with temperature
    1 / sharpness. Valence and arousal are scaled by it around the middle of their scale. Listener shares stay as they
    are.
    """

    share_of_2d: float = 0.5
    sharpness: float = 1.0


@dataclass(frozen=True)
class Combination:
    """One rule per head of the score vector, by head name."""

    heads: Mapping[str, HeadCombination]

    @classmethod
    def plain(cls, share_of_2d: float = 0.5) -> Combination:
        """The same weighted mean for every head."""
        return cls({head.name: HeadCombination(share_of_2d) for head in HEADS})

    def __call__(self, cnn1d: np.ndarray, cnn2d: np.ndarray) -> np.ndarray:
        """The combined score vectors, float (..., 36), of the 1D and the 2D network's vectors of the same shape.

        A song's vectors are each network's means over segments. Combine these means, not the segments' combined
        vectors: sharpening does not commute with the mean.
        """
        parts = []
        for head in HEADS:
            rule = self.heads[head.name]
            mean = (1 - rule.share_of_2d) * cnn1d[..., head.part] + rule.share_of_2d * cnn2d[..., head.part]
            parts.append(mean if rule.sharpness == 1 else _sharpened(mean, head.activation, rule.sharpness))
        return np.concatenate(parts, axis=-1)

    def to_card(self) -> dict[str, dict[str, float]]:
        return {name: asdict(rule) for name, rule in self.heads.items()}

    @classmethod
    def from_card(cls, values: Mapping[str, Any]) -> Combination:
        """The combination in a card's values. Raises MoodError("model_corrupt") if it is unusable."""
        if "combination" not in values:
            return cls.plain(_share(values.get("share_of_2d"), "share_of_2d"))
        entries = values["combination"]
        if isinstance(
            entries, Mapping
        ):  # a card before mood-4 has no rule for moods, which its networks do not predict
            entries = {"moods": {"share_of_2d": 0.5, "sharpness": 1.0}, **entries}
        try:
            rules = {head.name: (entries[head.name]["share_of_2d"], entries[head.name]["sharpness"]) for head in HEADS}
        except (KeyError, TypeError) as error:
            raise corrupt("The model's card has no usable combination of its networks") from error
        for name, (_, sharpness) in rules.items():
            if finite(sharpness, f"{name} sharpness") <= 0:
                raise corrupt(f"The sharpness of {name} is {sharpness}, but only positive numbers are allowed")
        return cls({name: HeadCombination(_share(share, name), float(sharp)) for name, (share, sharp) in rules.items()})


def _share(value: Any, name: str) -> float:
    share = finite(value, name)
    if not 0 <= share <= 1:
        raise corrupt(f"The 2D network's share of {name} is {share}, but only 0 to 1 is allowed")
    return share


def _sharpened(mean: np.ndarray, activation: str, sharpness: float) -> np.ndarray:
    if activation == "softmax":
        powers: np.ndarray = np.maximum(mean, MIN_PROBABILITY) ** sharpness
        powers /= powers.sum(axis=-1, keepdims=True)
        return powers
    return mean * sharpness if activation == "linear" else mean
