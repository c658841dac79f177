"""Whether two songs are the same recording in different encodings: by their lengths and features.

The hash of the audio finds files with the same coded audio. An MP3 and an Opus file of the same recording have
different ones, and nearly the same features. How nearly was measured: see docs/features.md.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Mapping
from dataclasses import dataclass

MAX_DURATION_DIFFERENCE_S = 1.0
"""Encoders add some milliseconds of silence."""
MAX_DISTANCE = 0.11
"""The root of the mean square of the differences, each in standard deviations of that feature over many songs."""

SCALES: Mapping[str, float] = {
    "zero_crossing_rate_mean": 0.05149,
    "spectral_rolloff_mean": 1065.0,
    "spectral_centroid_mean": 501.4,
    "tonnetz_mean": 0.02504,
    "mel_var": 75.12,
    "chroma_mean": 0.08529,
    "mfcc3_mean": 17.29,
    "mfcc2_mean": 29.73,
    "mfcc1_var": 1278.0,
    "spectral_centroid_var": 151700.0,
    "tonnetz_var": 0.01335,
    "zero_crossing_rate_var": 0.002536,
    "mfcc8_mean": 6.326,
    "spectral_rolloff_var": 601600.0,
    "mfcc9_mean": 5.169,
    "mfcc3_var": 147.4,
    "chroma_var": 0.009044,
    "mfcc5_var": 48.81,
    "mfcc12_mean": 3.731,
    "mfcc14_mean": 3.411,
    "mfcc11_mean": 4.134,
    "mfcc13_mean": 3.46,
    "mfcc2_var": 242.6,
    "mfcc5_mean": 9.075,
    "mfcc7_mean": 6.45,
    "mfcc15_mean": 3.255,
    "mfcc10_mean": 4.811,
    "mfcc6_var": 36.63,
    "mfcc19_var": 20.2,
    "mfcc17_mean": 2.846,
}
"""The features that other encodings change least, with their standard deviations over 1,762 clips of music."""


@dataclass(frozen=True)
class Sound:
    """What is compared of a song."""

    duration_s: float
    features: array[float]
    """Those of SCALES, in standard deviations."""

    @classmethod
    def of(cls, duration_s: float, features: Mapping[str, float]) -> Sound | None:
        """None if the song's model gave other features."""
        if not SCALES.keys() <= features.keys():
            return None
        return cls(duration_s, array("f", (features[name] / scale for name, scale in SCALES.items())))

    @classmethod
    def from_bytes(cls, duration_s: float, data: bytes) -> Sound | None:
        """None if another version stored it, with other features."""
        features = array("f")
        if len(data) != features.itemsize * len(SCALES):
            return None
        features.frombytes(data)
        return cls(duration_s, _little_endian(features))

    def to_bytes(self) -> bytes:
        """The features only: 4 bytes each."""
        return _little_endian(self.features).tobytes()


def is_same_recording(one: Sound, other: Sound) -> bool:
    if abs(one.duration_s - other.duration_s) > MAX_DURATION_DIFFERENCE_S:
        return False
    left = MAX_DISTANCE**2 * len(SCALES)
    for a, b in zip(one.features, other.features, strict=True):
        left -= (a - b) ** 2
        if left < 0:  # most songs differ in the first features already
            return False
    return True


def _little_endian(features: array[float]) -> array[float]:
    """As they are stored, so that a backup can move to another kind of processor."""
    if sys.byteorder == "little":
        return features
    swapped = features[:]
    swapped.byteswap()
    return swapped
