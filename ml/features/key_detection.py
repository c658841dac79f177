"""Key and mode from chroma, by correlation with the key profiles of Krumhansl and Kessler."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

# Probe-tone ratings: how well each of the twelve notes fits a key on the first one. Source: Krumhansl and Kessler,
# "Tracing the dynamic changes in perceived tonal organization", Psychological Review, 1982.
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


@lru_cache(maxsize=1)
def key_profiles() -> np.ndarray:
    """Standardised profiles, float64 (24, 12): twelve major keys from C, then twelve minor ones."""
    rows = [np.roll(profile, key) for profile in (MAJOR, MINOR) for key in range(12)]
    table = np.array(rows)
    table -= table.mean(axis=1, keepdims=True)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    return table


def keys_and_modes(chroma: np.ndarray, starts: np.ndarray, stops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The best-correlating key of each range of steps.

    `chroma`: float32 (steps, 12); range i is steps starts[i]:stops[i], at least one step. Returns the keys (float32,
    0..11 from C) and the modes (float32, 1 major, 0 minor). A range without any notes is C major.
    """
    summed = np.concatenate((np.zeros((1, 12)), np.cumsum(chroma, axis=0, dtype=np.float64)))
    mean = (summed[stops] - summed[starts]) / (stops - starts)[:, None]
    mean = mean - mean.mean(axis=1, keepdims=True)
    best = np.argmax(mean @ key_profiles().T, axis=1)  # the norm of the mean does not change the order
    return (best % 12).astype(np.float32), (best < 12).astype(np.float32)
