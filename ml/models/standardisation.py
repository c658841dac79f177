"""Standardisation of network inputs, fitted on the training songs only."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

MIN_DEVIATION = 1e-6
CLIP_AT = 8.0
"""Standardised values are clipped here, so that one broken frame cannot dominate."""


@dataclass(frozen=True)
class Scaler:
    """x to (x - mean) / deviation, clipped to -8..8. Both are float32 and broadcast against a piece.

    `sklearn.preprocessing.StandardScaler` needs two-dimensional arrays and cannot share a mean over axes.
    """

    mean: np.ndarray
    deviation: np.ndarray

    @classmethod
    def fit(cls, songs: Iterable[np.ndarray], shared_axes: tuple[int, ...]) -> Scaler:
        """Fits on the pieces of the training songs, (pieces, *shape) each, one song in memory at a time.

        `shared_axes` share one mean and one deviation; axis 0, that of the pieces, is always shared.
        """
        axes = tuple(sorted({0, *shared_axes}))
        count, total, squares = 0, np.float64(0), np.float64(0)
        for pieces in songs:
            wide = np.asarray(pieces, np.float64)
            count += int(np.prod([wide.shape[axis] for axis in axes]))
            total = total + wide.sum(axis=axes, keepdims=True)[0]
            squares = squares + np.square(wide).sum(axis=axes, keepdims=True)[0]
        if not count:
            raise ValueError("A scaler needs at least one piece to fit; there is none.")
        mean = np.asarray(total / count)
        deviation = np.sqrt(np.maximum(squares / count - mean**2, 0.0))
        return cls(mean.astype(np.float32), np.asarray(np.maximum(deviation, MIN_DEVIATION), np.float32))

    def __call__(self, pieces: np.ndarray) -> np.ndarray:
        """(pieces, *shape) raw to float32 of the same shape."""
        standard: np.ndarray = np.clip((pieces - self.mean) / self.deviation, -CLIP_AT, CLIP_AT).astype(np.float32)
        return standard

    def save(self, path: Path) -> None:
        path.write_text(json.dumps({"mean": self.mean.tolist(), "deviation": self.deviation.tolist()}))

    @classmethod
    def load(cls, path: Path) -> Scaler:
        values = json.loads(path.read_text())
        return cls(np.array(values["mean"], np.float32), np.array(values["deviation"], np.float32))
