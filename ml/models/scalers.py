"""Scaling of the networks' inputs. Fitted on training data and stored in the bundle's card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.features.extraction import to_decibels
from ml.features.names import FEATURES, NAMES
from ml.spec import AudioSpec

_LOG = np.array([feature.log for feature in FEATURES])
_SMALLEST = 1e-8
MAX_STANDARD_SCORE = 5.0
"""Standardised features are clipped to plus and minus this, so that one outlier does not dominate."""


def _log_scaled(frames: np.ndarray) -> np.ndarray:
    """Features with a `log` mark as base-10 logarithms, the others as they are; float32."""
    return np.where(_LOG, np.log10(np.maximum(frames, _SMALLEST)), frames).astype(np.float32)


@dataclass(frozen=True)
class FeatureScaler:
    """Standardises the 57 features, after the logarithm for those with a `log` mark. `mean`, `deviation`: (57,)."""

    mean: np.ndarray
    deviation: np.ndarray

    @classmethod
    def fit(cls, frames: np.ndarray) -> FeatureScaler:
        """Fits a scaler to raw training frames, shape (n, 57)."""
        scaled = _log_scaled(frames)
        return cls(scaled.mean(axis=0), np.maximum(scaled.std(axis=0), 1e-6))

    def __call__(self, frames: np.ndarray) -> np.ndarray:
        """Raw features (..., 57) to standardised ones of the same shape, float32, -5..5."""
        standard = (_log_scaled(frames) - self.mean) / self.deviation
        clipped: np.ndarray = np.clip(standard, -MAX_STANDARD_SCORE, MAX_STANDARD_SCORE).astype(np.float32)
        return clipped

    def inverse(self, standard: np.ndarray) -> np.ndarray:
        """Standardised features (..., 57) back to raw ones, float32."""
        scaled = standard * self.deviation + self.mean
        return np.where(_LOG, 10.0 ** np.where(_LOG, scaled, 0.0), scaled).astype(np.float32)

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
    """Normalises a segment's level and scales it.

    Values more than `range_db` below the segment's maximum are raised to that floor, because codecs differ below it.
    Then the segment's mean is subtracted and the rest is divided by `deviation_db`.
    """

    deviation_db: float
    range_db: float = 70.0

    def __call__(self, mel: np.ndarray, spec: AudioSpec) -> np.ndarray:
        """Log-mel bytes, uint8 (batch, steps, n_mels), to network input, float32 of the same shape."""
        return self.normalised(to_decibels(mel, spec))

    def normalised(self, mel_db: np.ndarray) -> np.ndarray:
        """Log-mel in dB (..., steps, n_mels) to network input, float32 of the same shape."""
        loudest = mel_db.max(axis=(-2, -1), keepdims=True)
        raised = np.maximum(mel_db, loudest - self.range_db)
        centred = raised - raised.mean(axis=(-2, -1), keepdims=True)
        scaled: np.ndarray = (centred / self.deviation_db).astype(np.float32)
        return scaled

    def to_card(self) -> dict[str, Any]:
        return {"deviation_db": self.deviation_db, "range_db": self.range_db}

    @classmethod
    def from_card(cls, card: dict[str, Any]) -> SpectrogramScaler:
        return cls(float(card["deviation_db"]), float(card["range_db"]))
