"""Combining the two networks' score vectors. Training fits the rule, serving applies it.

A bundle's card stores it as {"combination": {head: {"share_of_2d", "sharpness"}}}, and the readout of the moods, if it
has one, as "mood_readout".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ml.calibration import corrupt, finite
from ml.models.mood_readout import MoodReadout, mood_readouts
from ml.models.score_vector import HEAD, HEADS

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
    """One rule per head of the score vector, by head name, and optionally a readout of the moods.

    The readout gives the chances of the moods anew from all scores of both networks; see `MoodReadout`.
    """

    heads: Mapping[str, HeadCombination]
    readout: MoodReadout | None = None

    @classmethod
    def plain(cls, share_of_2d: float = 0.5) -> Combination:
        """The same weighted mean for every head."""
        return cls({head.name: HeadCombination(share_of_2d) for head in HEADS})

    def __call__(self, cnn1d: np.ndarray, cnn2d: np.ndarray) -> np.ndarray:
        """The combined score vectors, float (..., 36), of the 1D and the 2D network's vectors of the same shape.

        A song's vectors are each network's means over segments. Combine these means, not the segments' combined
        vectors: sharpening does not commute with the mean. The vectors are those that the networks give, not refined by
        readouts of their own.
        """
        parts = []
        for head in HEADS:
            rule = self.heads[head.name]
            mean = (1 - rule.share_of_2d) * cnn1d[..., head.part] + rule.share_of_2d * cnn2d[..., head.part]
            parts.append(mean if rule.sharpness == 1 else _sharpened(mean, head.activation, rule.sharpness))
        combined = np.concatenate(parts, axis=-1)
        if self.readout is not None:
            combined[..., HEAD["moods"].part] = self.readout(cnn1d, cnn2d)
        return combined

    def to_card(self) -> dict[str, dict[str, float]]:
        return {name: asdict(rule) for name, rule in self.heads.items()}

    @classmethod
    def from_card(cls, values: Mapping[str, Any]) -> Combination:
        """The combination in a card's values. Raises MoodError("model_corrupt") if it is unusable."""
        try:
            entries = values["combination"]
            rules = {head.name: (entries[head.name]["share_of_2d"], entries[head.name]["sharpness"]) for head in HEADS}
        except (KeyError, TypeError) as error:
            raise corrupt("The model's card has no usable combination of its networks") from error
        for name, (_, sharpness) in rules.items():
            if finite(sharpness, f"{name} sharpness") <= 0:
                raise corrupt(f"The sharpness of {name} is {sharpness}, but only positive numbers are allowed")
        heads = {name: HeadCombination(_share(share, name), float(sharp)) for name, (share, sharp) in rules.items()}
        return cls(heads, mood_readouts(values).get("both"))


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
