"""Synthetic signals with known properties: tones, chords, noise, silence and short pieces of music.

Samples are float32, full scale 1.0, of shape (samples,).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE = 44_100
"""Hz, unless a test asks for another."""


def tone(frequency_hz: float, duration_s: float, sample_rate: int = RATE, amplitude: float = 0.5) -> Samples:
    """A sine."""
    return _rounded(amplitude * np.sin(2 * np.pi * frequency_hz * _times(duration_s, sample_rate)))


def chord(
    frequencies_hz: Sequence[float], duration_s: float, sample_rate: int = RATE, amplitude: float = 0.5
) -> Samples:
    """Sines of equal strength that together stay within `amplitude`."""
    return _rounded(sum(tone(hz, duration_s, sample_rate, amplitude / len(frequencies_hz)) for hz in frequencies_hz))


def sweep(low_hz: float, high_hz: float, duration_s: float, sample_rate: int = RATE, amplitude: float = 0.5) -> Samples:
    """A linear sine sweep, so that its pitch gives the time."""
    times_s = _times(duration_s, sample_rate)
    turns = low_hz * times_s + (high_hz - low_hz) * times_s**2 / (2 * duration_s)
    return _rounded(amplitude * np.sin(2 * np.pi * turns))


def noise(duration_s: float, sample_rate: int = RATE, amplitude: float = 0.1, seed: int = 0) -> Samples:
    """White noise whose standard deviation is `amplitude`."""
    return _rounded(amplitude * np.random.default_rng(seed).standard_normal(round(duration_s * sample_rate)))


def silence(duration_s: float, sample_rate: int = RATE) -> Samples:
    return np.zeros(round(duration_s * sample_rate), np.float32)


def note_hz(midi: float) -> float:
    """The pitch of a MIDI note number: 69 is the a' of 440 Hz, 60 the middle c."""
    return 440.0 * 2.0 ** ((midi - 69) / 12)


def music(
    duration_s: float,
    sample_rate: int = RATE,
    *,
    tempo_bpm: float = 100.0,
    tonic: int = 0,
    minor: bool = False,
    brightness: float = 0.5,
    amplitude: float = 0.6,
    seed: int = 0,
) -> Samples:
    """A little piece: bass, broken chords of i-VI-III-VII (I-V-vi-IV in major), a tune, a tick on every beat.

    `tonic` is a pitch class (0 is C); `brightness`, 0 to 1, is the strength of overtones and ticks.
    """
    chance = np.random.default_rng(seed)
    beat_s = 60.0 / tempo_bpm
    degrees = (0, 8, 3, 10) if minor else (0, 7, 9, 5)
    thirds = (3, 4, 4, 4) if minor else (4, 4, 3, 4)
    piece = np.zeros(round(duration_s * sample_rate))
    for beat in range(int(np.ceil(duration_s / beat_s))):
        bar = beat // 4 % 4
        root = 48 + tonic + degrees[bar]
        triad = (root, root + thirds[bar], root + 7)
        start = round(beat * beat_s * sample_rate)
        _add(piece, start, _plucked(note_hz(root - 12), 2 * beat_s, sample_rate, 0.2))
        _add(piece, start, _plucked(note_hz(triad[beat % 3] + 12), 1.5 * beat_s, sample_rate, brightness))
        melody = note_hz(float(chance.choice(triad)) + 24)
        _add(piece, start, 0.7 * _plucked(melody, beat_s, sample_rate, brightness))
        tick = 0.3 * brightness * chance.standard_normal(round(0.03 * sample_rate))
        _add(piece, start, tick * np.linspace(1, 0, len(tick)) ** 2)
    return _rounded(amplitude * piece / max(np.abs(piece).max(initial=0.0), 1e-9))


def spread(samples: Samples, channels: int) -> Samples:
    """The same in every channel: (channels, samples)."""
    return np.tile(samples, (channels, 1))


def _times(duration_s: float, sample_rate: int) -> NDArray[np.float64]:
    return np.arange(round(duration_s * sample_rate)) / sample_rate


def _rounded(samples: NDArray[np.float64] | Samples) -> Samples:
    return np.asarray(samples, np.float32)


@lru_cache(maxsize=256)
def _plucked(frequency_hz: float, duration_s: float, sample_rate: int, brightness: float) -> NDArray[np.float64]:
    times_s = _times(duration_s, sample_rate)
    partials = [n for n in range(1, 6) if n * frequency_hz < sample_rate / 2]
    wave = sum(brightness ** (n - 1) * np.sin(2 * np.pi * n * frequency_hz * times_s) for n in partials)
    return np.minimum(times_s / 0.005, 1.0) * np.exp(-3.0 * times_s / duration_s) * wave


def _add(piece: NDArray[np.float64], start: int, sound: NDArray[np.float64]) -> None:
    room = piece[start : start + len(sound)]
    room += sound[: len(room)]
