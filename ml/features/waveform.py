"""The waveform of a song for display: its loudness over time in few numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BINS = 600
"""About half of the pixels of the page's waveform; a song of four minutes gets one every 0.4 s."""

MAX_LEVEL = 100


def waveform(rms: NDArray[np.float32], max_bins: int = BINS) -> list[int]:
    """The RMS level of at most `max_bins` equal parts of a song, 0..100, where the loudest part is 100.

    `rms`: float32 (steps,), full scale 1.0, at least one step; otherwise ValueError. Digital silence is all 0.
    """
    if rms.ndim != 1 or not rms.size:
        raise ValueError(f"rms must have the shape (steps,), at least 1; it has {rms.shape}.")
    count = min(max_bins, len(rms))
    starts = np.arange(count) * len(rms) // count
    lengths = np.diff(starts, append=len(rms))
    levels = np.sqrt(np.add.reduceat(np.square(rms, dtype=np.float64), starts) / lengths)
    loudest = levels.max()
    if not loudest > 0:
        return [0] * count
    return [round(MAX_LEVEL * float(level / loudest)) for level in levels]
