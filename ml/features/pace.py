"""The pace of a song: how many notes and beats begin in a second. No network reads it; reasons in words do."""

from __future__ import annotations

import numpy as np

from ml.features.extraction import to_decibels
from ml.features.tempo import onset_strength
from ml.spec import AudioSpec

ABOVE_MEAN = 1.5
"""An onset is a peak of the spectral flux at least this many times the mean around it."""
AROUND_S = 2
NEIGHBOURS = 2
"""A peak is the largest of this many steps before and after it, a sixteenth of a second each way."""
BLOCK_STEPS = 8192
"""Steps that are converted at once: two hours in float32 are large."""


def onsets_per_second(mel: np.ndarray, spec: AudioSpec) -> float:
    """The number of onsets per second, 0..10.

    `mel`: log-mel, uint8 (steps, n_mels), one step or more. People hear the density of events as speed, also where a
    beat tracker is an octave off (Madison and Paulin, "Ratings of speed in real music as a function of both original
    and manipulated beat tempo", 2010). Peak picking after Böck, Krebs and Schedl, "Evaluating the online capabilities
    of onset detection methods", 2012.
    """
    flux = _flux(mel, spec)
    around = AROUND_S * spec.steps_per_s
    sums = np.concatenate(([0.0], np.cumsum(flux, dtype=np.float64)))
    middles = np.arange(len(flux))
    low, high = np.maximum(middles - around // 2, 0), np.minimum(middles + around // 2, len(flux))
    mean = (sums[high] - sums[low]) / (high - low)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(flux, NEIGHBOURS), 2 * NEIGHBOURS + 1)
    onsets = (flux > ABOVE_MEAN * mean) & (flux >= windows.max(axis=1))
    return float(onsets.sum() * spec.steps_per_s / len(flux))


def _flux(mel: np.ndarray, spec: AudioSpec) -> np.ndarray:
    parts, before = [], None
    for start in range(0, len(mel), BLOCK_STEPS):
        decibels = to_decibels(mel[start : start + BLOCK_STEPS], spec)
        parts.append(onset_strength(decibels, before))
        before = decibels[-1]
    return np.concatenate(parts)
