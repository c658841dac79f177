"""What is done to features before a network sees them. Fitted on training data, kept in the bundle's card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.features.extraction import to_decibels
from ml.features.names import FEATURES, NAMES
from ml.spec import AudioSpec

_LOG = np.array([feature.log for feature in FEATURES])
_SMALLEST = 1e-8
FARTHEST = 5.0
"""Standardised features are cut here: one broken frame must not drown the others."""


def _spread(frames: np.ndarray) -> np.ndarray:
    """Features whose values span powers of ten, as logarithms."""
    return np.where(_LOG, np.log10(np.maximum(frames, _SMALLEST)), frames).astype(np.float32)


@dataclass(frozen=True)
class FeatureScaler:
    """Standardises the 57 features; those marked `log` are logarithms first."""

    mean: np.ndarray
    deviation: np.ndarray

    @classmethod
    def fit(cls, frames: np.ndarray) -> FeatureScaler:
        """From training frames, shape (n, 57)."""
        spread = _spread(frames)
        return cls(spread.mean(axis=0), np.maximum(spread.std(axis=0), 1e-6))

    def __call__(self, frames: np.ndarray) -> np.ndarray:
        """(..., 57) raw to (..., 57) standardised, float32, -5..5."""
        return np.clip((_spread(frames) - self.mean) / self.deviation, -FARTHEST, FARTHEST).astype(np.float32)

    def inverse(self, standard: np.ndarray) -> np.ndarray:
        """The raw features that would be standardised to these."""
        spread = standard * self.deviation + self.mean
        return np.where(_LOG, 10.0 ** np.where(_LOG, spread, 0.0), spread).astype(np.float32)

    def to_card(self) -> dict[str, Any]:
        return {
            "features": list(NAMES),
            "mean": [round(float(value), 6) for value in self.mean],
            "deviation": [round(float(value), 6) for value in self.deviation],
        }

    @classmethod
    def from_card(cls, card: dict[str, Any]) -> FeatureScaler:
        return cls(np.array(card["mean"], np.float32), np.array(card["deviation"], np.float32))


@dataclass(frozen=True)
class SpectrogramScaler:
    """Levels a segment's loudness, and scales it.

    What lies more than `range_db` below the segment's loudest cell is raised to there (codecs differ below it),
    then the segment's mean is taken away and the rest is divided by `deviation_db`.
    """

    deviation_db: float
    range_db: float = 70.0

    def __call__(self, mel: np.ndarray, spec: AudioSpec) -> np.ndarray:
        """uint8 (batch, steps, n_mels) to float32 of the same shape."""
        return self.normalised(to_decibels(mel, spec))

    def normalised(self, mel_db: np.ndarray) -> np.ndarray:
        loudest = mel_db.max(axis=(-2, -1), keepdims=True)
        raised = np.maximum(mel_db, loudest - self.range_db)
        return ((raised - raised.mean(axis=(-2, -1), keepdims=True)) / self.deviation_db).astype(np.float32)

    def to_card(self) -> dict[str, Any]:
        return {"deviation_db": self.deviation_db, "range_db": self.range_db}

    @classmethod
    def from_card(cls, card: dict[str, Any]) -> SpectrogramScaler:
        return cls(float(card["deviation_db"]), float(card["range_db"]))
