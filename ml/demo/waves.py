"""Oscillators, envelopes and filters. Samples have shape (samples,) at `RATE`; full scale is 1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

Samples = NDArray[np.float64]

RATE = 44_100
"""Hz."""

HIGHEST_PARTIAL = 0.45
"""Overtones stop at this share of the rate: above half of it they would alias."""


def times(duration_s: float) -> Samples:
    """The time of each sample, seconds."""
    return np.arange(max(1, round(duration_s * RATE))) / RATE


def partials(hz: float, duration_s: float, strengths: Sequence[float], decays: Sequence[float]) -> Samples:
    """Overtones 1, 2, 3... of `hz`, each with its strength and its decay (1/s), without those that would alias."""
    moments = times(duration_s)
    turn = 2 * np.pi * hz * moments
    # sin(nx) from the two before it, far cheaper than one sine each.
    twice, before, now = 2 * np.cos(turn), np.zeros_like(turn), np.sin(turn)
    sound = np.zeros_like(turn)
    for number, (strength, decay) in enumerate(zip(strengths, decays, strict=True), 1):
        if number * hz >= HIGHEST_PARTIAL * RATE:
            break
        sound += strength * np.exp(-decay * moments) * now
        before, now = now, twice * now - before
    return sound


def saw(hz: float | Samples, duration_s: float, phase: float = 0.0) -> Samples:
    """A sawtooth whose corners are rounded over a sample to each side, so that high notes do not alias harshly.

    `hz` may change over time; `phase` (0..1) is where in its cycle the wave begins.
    """
    steps = np.broadcast_to(np.asarray(hz, np.float64) / RATE, times(duration_s).shape)
    turn = (phase + np.cumsum(steps)) % 1.0
    sound = 2.0 * turn - 1.0
    after, before = turn < steps, turn > 1.0 - steps
    sound[after] -= 2 * (turn / steps)[after] - (turn / steps)[after] ** 2 - 1
    sound[before] -= ((turn - 1) / steps)[before] ** 2 + 2 * ((turn - 1) / steps)[before] + 1
    return sound


def vibrato(
    hz: float, duration_s: float, *, depth_semitones: float = 0.18, rate_hz: float = 5.4, after_s: float = 0.3
) -> Samples:
    """The frequency of a note with vibrato that sets in after `after_s`, Hz."""
    moments = times(duration_s)
    depth = depth_semitones * np.clip((moments - after_s) / 0.5, 0.0, 1.0)
    return hz * 2.0 ** (depth * np.sin(2 * np.pi * rate_hz * moments) / 12)


def mix(sounds: Iterable[Samples]) -> Samples:
    """The sum of sounds of equal length."""
    total: Samples = np.sum(list(sounds), axis=0)
    return total


def noise(duration_s: float, seed: int) -> Samples:
    return np.random.default_rng(seed).standard_normal(len(times(duration_s)))


def swell(duration_s: float, attack_s: float, release_s: float) -> Samples:
    """An envelope: rises over the attack, stays at 1, falls to 0 over the release."""
    moments = times(duration_s)
    rise = np.clip(moments / max(attack_s, 1e-4), 0.0, 1.0)
    fall = np.clip((moments[-1] - moments) / max(release_s, 1e-4), 0.0, 1.0)
    envelope: Samples = np.sin(np.pi / 2 * rise) * np.sin(np.pi / 2 * fall)
    return envelope


def lowpass(sound: Samples, hz: float) -> Samples:
    return _filtered(sound, "lowpass", 2, hz)


def highpass(sound: Samples, hz: float) -> Samples:
    return _filtered(sound, "highpass", 2, hz)


def bandpass(sound: Samples, low_hz: float, high_hz: float) -> Samples:
    return _filtered(sound, "bandpass", 1, low_hz, high_hz)


def _filtered(sound: Samples, kind: str, order: int, *hz: float) -> Samples:
    filtered: Samples = sosfilt(_butterworth(kind, order, *hz), sound)
    return filtered


@cache
def _butterworth(kind: str, order: int, *hz: float) -> NDArray[np.float64]:
    sections: NDArray[np.float64] = butter(order, hz if len(hz) > 1 else hz[0], kind, fs=RATE, output="sos")
    return sections
