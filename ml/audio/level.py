"""The level of a song, by which its features are normalised."""

from __future__ import annotations

import math

import numpy as np

PERCENTILE = 99.9
RANGE_DB = 60.0
TARGET_DB = -2.0
"""The level of a normalised song, in dBFS: about that of music whose peak is at full scale."""

_MAGNITUDE = np.uint32(0x7FFFFFFF)
_DROPPED_BITS = 16
_BINS = 1 << 15


class LevelMeter:
    """Measures the level of a song block by block: the 99.9th percentile of its absolute samples, with an error below
    0.1 dB. Samples more than 60 dB below the peak do not count, so that silence around the music changes nothing.

    Unlike the peak, the level is hardly changed by a lossy codec, a downmix or a single click.
    """

    def __init__(self) -> None:
        self._counts = np.zeros(_BINS, np.int64)

    def add(self, samples: np.ndarray) -> None:
        """Counts samples, float32 (n,), full scale 1.0, without NaN."""
        # The exponent and the first seven bits of the mantissa of a float32 are a histogram bin: logarithmic, 128 to
        # an octave.
        bits = np.ascontiguousarray(samples, np.float32).view(np.uint32) & _MAGNITUDE
        self._counts += np.bincount(bits >> _DROPPED_BITS, minlength=_BINS)

    @property
    def level(self) -> float:
        """The level, full scale 1.0; 0 for silence."""
        bins = 1 + np.flatnonzero(self._counts[1:])  # the first has zeros
        if not len(bins):
            return 0.0
        values = ((bins.astype(np.uint32) << _DROPPED_BITS) | np.uint32(1 << (_DROPPED_BITS - 1))).view(np.float32)
        loud = values >= values[-1] * 10 ** (-RANGE_DB / 20)
        totals = np.cumsum(self._counts[bins[loud]])
        return float(values[loud][np.searchsorted(totals, totals[-1] * PERCENTILE / 100)])

    @property
    def gain_db(self) -> float:
        """The gain that brings the level to `TARGET_DB`; 0 for silence."""
        return TARGET_DB - 20 * math.log10(self.level) if self.level > 0 else 0.0
