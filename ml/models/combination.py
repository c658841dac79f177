"""How the two networks' score vectors become one. Serving applies it; ml.training.product.fusion fits it.

A bundle's card holds it as {"combination": {head: {"share_of_2d", "sharpness"}}}; an older card holds only
"share_of_2d", and is combined as it always was: the plain weighted mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ml.calibration import corrupt, finite
from ml.models.score_vector import HEADS

LEAST_CHANCE = 1e-6
"""Chances are kept above this, so that none that is 0 stays 0 for ever."""


@dataclass(frozen=True)
class HeadCombination:
    """One head's rule: a weighted mean of both networks, then sharpened.

    `share_of_2d` is how much the 2D network counts, 0..1. `sharpness` is positive; 1 changes nothing. Chances (the
    heads that sum to 1) are raised to it and divided by their sum, which is temperature scaling of Guo et al. 2017
    with temperature 1 / sharpness; valence and arousal are stretched by it about the middle of their scale; shares of
    listeners are left as they are.
    """

    share_of_2d: float = 0.5
    sharpness: float = 1.0


@dataclass(frozen=True)
class Combination:
    """A rule for each head of the score vector, by its name."""

    heads: Mapping[str, HeadCombination]

    @classmethod
    def plain(cls, share_of_2d: float = 0.5) -> Combination:
        """The weighted mean, the same for every score."""
        return cls({head.name: HeadCombination(share_of_2d) for head in HEADS})

    def __call__(self, cnn1d: np.ndarray, cnn2d: np.ndarray) -> np.ndarray:
        """Score vectors (..., 20) of the 1D and of the 2D network to those of both, same shape, float.

        A song's vectors are the means over its segments, each network's apart: combine these means, not the
        segments' combined vectors, since sharpening does not commute with the mean.
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
        """The combination that a whole card's values hold; MoodError("model_corrupt") where it is unusable."""
        if "combination" not in values:
            return cls.plain(_share(values.get("share_of_2d"), "share_of_2d"))
        found = values["combination"]
        try:
            rules = {head.name: (found[head.name]["share_of_2d"], found[head.name]["sharpness"]) for head in HEADS}
        except (KeyError, TypeError) as error:
            raise corrupt("The model's card holds no usable combination of its networks") from error
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
        powers = np.maximum(mean, LEAST_CHANCE) ** sharpness
        return powers / powers.sum(axis=-1, keepdims=True)
    return mean * sharpness if activation == "linear" else mean
