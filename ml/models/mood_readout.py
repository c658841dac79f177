"""The readout of the moods: their chances anew, from all scores that the networks give.

Each term's chance is a logistic regression on all scores: a song in Q3 that listeners call sad is more likely to be
called Sad than the head of the moods alone says (stacking, Wolpert 1992). A bundle's card may have one readout for both
networks together and one for each alone:

    "mood_readout": {"both": {"mean": [72], "scale": [72], "weights": [16][72], "bias": [16]},
                     "cnn1d": {... 36 ...}, "cnn2d": {... 36 ...}}

or the four lists alone, which are those of "both". A view without a readout keeps the chances of its head.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.calibration import MAX_SHARE, MIN_SHARE, corrupt
from ml.models.score_vector import HEAD, HEADS, LABELS

MIN_PROBABILITY = 1e-3
"""Chances of quadrants and clusters are raised to at least this before their logarithm is taken."""
NETWORKS_OF = {"both": 2, "cnn1d": 1, "cnn2d": 1}


@dataclass(frozen=True)
class MoodReadout:
    """One readout. `mean`, `scale`: float (width,); `weights`: float (16, width); `bias`: float (16,).

    The width is 36 for each network that it reads.
    """

    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    def __call__(self, *vectors: np.ndarray) -> np.ndarray:
        """The chances of the sixteen moods, float (..., 16), 0..1, from one score vector (..., 36) of each network."""
        inputs = (readout_inputs(*vectors) - self.mean) / self.scale
        chances: np.ndarray = 0.5 * (1 + np.tanh((inputs @ self.weights.T + self.bias) / 2))
        return chances

    def to_card(self) -> dict[str, Any]:
        names = ("mean", "scale", "weights", "bias")
        return {name: np.round(getattr(self, name).astype(float), 6).tolist() for name in names}

    @classmethod
    def from_card(cls, values: Any, networks: int) -> MoodReadout:
        """The readout in a card for this number of networks. Raises MoodError("model_corrupt")."""
        width, moods = networks * len(LABELS), len(HEAD["moods"].labels)
        shapes = {"mean": (width,), "scale": (width,), "weights": (moods, width), "bias": (moods,)}
        try:
            arrays = {name: np.array(values[name], np.float64) for name in shapes}
        except (KeyError, TypeError, ValueError) as error:
            raise corrupt("The model's card has no usable readout of the moods") from error
        for name, shape in shapes.items():
            if arrays[name].shape != shape or not np.isfinite(arrays[name]).all():
                raise corrupt(f"The {name} of the moods' readout must be finite numbers of shape {shape}")
        if not (arrays["scale"] > 0).all():
            raise corrupt("The scale of the moods' readout must be positive")
        return cls(**arrays)


def readout_inputs(*vectors: np.ndarray) -> np.ndarray:
    """The inputs of a readout before they are standardised, float64 (..., 36 for each vector).

    For each network in turn its scores in the order of `LABELS`: the logit of emotions and moods, the logarithm of
    quadrants and clusters, valence and arousal as they are.
    """
    return np.concatenate([_transformed(np.asarray(vector, np.float64)) for vector in vectors], axis=-1)


def refined(vectors: np.ndarray, readout: MoodReadout | None) -> np.ndarray:
    """One network's score vectors (..., 36) with the chances of the moods from its readout; unchanged without one."""
    if readout is None:
        return vectors
    result = np.array(vectors)
    result[..., HEAD["moods"].part] = readout(vectors)
    return result


def mood_readouts(values: Mapping[str, Any]) -> dict[str, MoodReadout]:
    """The readouts in a card's values by view ("both", "cnn1d", "cnn2d"); {} if it has none.

    Raises MoodError("model_corrupt").
    """
    entries = values.get("mood_readout") or {}
    if "weights" in entries:
        entries = {"both": entries}
    if not isinstance(entries, Mapping) or not set(entries) <= set(NETWORKS_OF):
        raise corrupt("The model's card has no usable readout of the moods")
    return {view: MoodReadout.from_card(entry, NETWORKS_OF[view]) for view, entry in entries.items()}


def _transformed(vector: np.ndarray) -> np.ndarray:
    parts = []
    for head in HEADS:
        scores = vector[..., head.part]
        if head.activation == "sigmoid":
            clipped = np.clip(scores, MIN_SHARE, MAX_SHARE)
            scores = np.log(clipped / (1 - clipped))
        elif head.activation == "softmax":
            scores = np.log(np.maximum(scores, MIN_PROBABILITY))
        parts.append(scores)
    return np.concatenate(parts, axis=-1)
