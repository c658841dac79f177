"""How loud a song is from its start to its end, in few numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STRETCHES = 600
"""About half of the pixels that a page has for it; a song of four minutes gets one every 0.4 s."""

HIGHEST = 100


def waveform(rms: NDArray[np.float32], most: int = STRETCHES) -> list[int]:
    """The root mean square of at most `most` equal stretches, 0..100, where the loudest stretch is 100.

    `rms`: float32 (steps,), full scale 1.0, at least one. A song without a sound is all 0.
    """
    if rms.ndim != 1 or not rms.size:
        raise ValueError(f"rms must have the shape (steps,), at least 1; it has {rms.shape}.")
    count = min(most, len(rms))
    starts = np.arange(count) * len(rms) // count
    lengths = np.diff(starts, append=len(rms))
    levels = np.sqrt(np.add.reduceat(np.square(rms, dtype=np.float64), starts) / lengths)
    loudest = levels.max()
    if not loudest > 0:
        return [0] * count
    return [round(HIGHEST * float(level / loudest)) for level in levels]
