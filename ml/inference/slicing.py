"""Cuts the steps of a song into pieces of equal length."""

from __future__ import annotations

import numpy as np


def windows(steps: int, length: int, hop: int, at_most: int) -> np.ndarray:
    """Indices of the steps of each piece: int (pieces, length), a piece every `hop` steps.

    If at least half a hop is left over, a last piece ends with the song. A song shorter than one piece is repeated to
    fill it. At most `at_most` pieces, spread over the song.
    """
    last = max(0, steps - length)
    starts = np.arange(0, last + 1, hop)
    if 2 * (last - starts[-1]) >= hop:
        starts = np.append(starts, last)
    starts = starts[spread_evenly(len(starts), at_most)]
    indices: np.ndarray = (starts[:, None] + np.arange(length)[None, :]) % steps
    return indices


def spread_evenly(count: int, at_most: int) -> np.ndarray:
    """Indices of at most `at_most` of `count` items, including the first and the last."""
    return np.arange(count) if count <= at_most else np.linspace(0, count - 1, at_most).round().astype(int)
