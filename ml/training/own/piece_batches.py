"""Batches of pieces in an order seeded by run and epoch."""

from __future__ import annotations

import math
from collections.abc import Sequence

import keras
import numpy as np

from ml.models.standardisation import Scaler


class PieceBatches(keras.utils.PyDataset):
    """Standardised pieces with target and weight of their song; without a seed, in their original order."""

    def __init__(
        self,
        pieces: Sequence[np.ndarray],
        targets: np.ndarray,
        weights: Sequence[float] | np.ndarray,
        scaler: Scaler,
        batch_size: int,
        seed: int | None = None,
    ) -> None:
        super().__init__()
        self.pieces, self.targets, self.weights = pieces, targets, np.asarray(weights, np.float32)
        self.scaler, self.batch_size, self.seed = scaler, batch_size, seed
        self.places = np.array([(song, row) for song, one in enumerate(pieces) for row in range(len(one))])
        self.epoch = 0
        self._shuffle()

    def start(self, epoch: int) -> None:
        """Uses the order of this epoch, so that a resumed run continues as if uninterrupted."""
        self.epoch = epoch
        self._shuffle()

    def on_epoch_end(self) -> None:
        self.start(self.epoch + 1)

    def _shuffle(self) -> None:
        if self.seed is not None:
            order = np.random.default_rng([self.seed, self.epoch]).permutation(len(self.places))
            self.order = self.places[order]
        else:
            self.order = self.places

    def __len__(self) -> int:
        return math.ceil(len(self.places) / self.batch_size)

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        chosen = self.order[number * self.batch_size : (number + 1) * self.batch_size]
        inputs = self.scaler(np.stack([self.pieces[song][row] for song, row in chosen]))
        songs = chosen[:, 0]
        return inputs, self.targets[songs], self.weights[songs]


def piece_weights(counts: Sequence[int], targets: np.ndarray, balanced: bool) -> np.ndarray:
    """The loss weight of each song's pieces, float32 (songs,); mean 1 over pieces.

    Every song has the same total weight; with `balanced` every mood has too (as scikit-learn's
    class_weight="balanced"; a song with several moods gets their mean).
    """
    weights = np.ones(len(targets))
    if balanced:
        rarity = len(targets) / (targets.shape[1] * np.maximum(targets.sum(axis=0), 1))
        weights = (targets * rarity).sum(axis=1) / np.maximum(targets.sum(axis=1), 1)
    weights = weights / np.asarray(counts)
    return (weights * np.sum(counts) / np.sum(weights * np.asarray(counts))).astype(np.float32)
