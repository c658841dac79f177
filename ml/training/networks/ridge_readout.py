"""Fits the ridge readout of an ensemble: a ridge regression from temporal statistics of its members to labels."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
from sklearn.linear_model import Ridge

from ml.models.ensemble import READOUT_HEADS, input_lengths, member_slices, temporal_statistics
from ml.models.scalers import FeatureScaler, SpectrogramScaler
from ml.models.score_vector import HEADS
from ml.training.data.batches import Targets
from ml.training.data.packing import Pack
from ml.training.evaluation.held_out import segment_inputs

PENALTY = {"emotions": 4 / 3, "affect": 8 / 3}
"""The ridge penalty of each head, for inputs with a total variance of 1."""
CLIPS_PER_BATCH = 100
"""Bounds memory."""


def fit_ridge_readout(
    members: Sequence[keras.Model],
    pack: Pack,
    clips: np.ndarray,
    scaler: FeatureScaler | SpectrogramScaler,
    targets: Targets,
) -> tuple[np.ndarray, np.ndarray]:
    """Kernel (width, 11) and bias (11,) for `ensemble`, by ridge regression (Hoerl and Kennard 1970) over songs.

    A song is the mean over its segments, as in analysis. Each head is fitted on the clips with a target. The members
    were trained on the same clips; the held-out metrics show that the readout works for other songs too.
    """
    clips = clips[np.isin(clips, pack.measured)]
    statistics = _song_statistics(members, pack, clips, scaler)
    mean = statistics.mean(axis=0)
    scale = _scale(statistics, len(members))
    kernels, biases = [], []
    for head in HEADS:
        if head.name in READOUT_HEADS:
            labels = targets.arrays[head.name][clips]
            weights = targets.arrays[f"{head.name}_weight"][clips, 0]
            fitted = Ridge(PENALTY[head.name]).fit((statistics - mean) * scale, labels, sample_weight=weights)
            kernels.append(fitted.coef_.T * scale[:, None])
            biases.append(fitted.intercept_ - mean @ kernels[-1])
    return np.concatenate(kernels, axis=1).astype(np.float32), np.concatenate(biases).astype(np.float32)


def _scale(statistics: np.ndarray, members: int) -> np.ndarray:
    """Factors (width,) that give each member's means and deviations the same variance, 1 in total."""
    blocks = np.split(statistics.var(axis=0), 2 * members)
    return np.concatenate([np.full(len(block), 1 / np.sqrt(max(block.sum(), 1e-9) * len(blocks))) for block in blocks])


def _song_statistics(
    members: Sequence[keras.Model], pack: Pack, clips: np.ndarray, scaler: FeatureScaler | SpectrogramScaler
) -> np.ndarray:
    """float64 (clips, width): the temporal statistics of each clip, averaged over its segments."""
    songs = []
    for first in range(0, len(clips), CLIPS_PER_BATCH):
        some = clips[first : first + CLIPS_PER_BATCH]
        rows, inputs = segment_inputs(pack, some, scaler, input_lengths(members))
        timelines = [
            member.predict(inputs[:, part], batch_size=64, verbose=0)["timeline"]
            for member, part in zip(members, member_slices(members), strict=True)
        ]
        segments = np.asarray(temporal_statistics(timelines), np.float64)
        songs += [segments[rows == clip].mean(axis=0) for clip in some]
    return np.stack(songs)
