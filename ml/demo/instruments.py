"""Pitched instruments. Each takes a MIDI number and a length in seconds and returns samples of about full scale 1.

Notes are cached, since songs repeat them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps

import numpy as np
from numpy.typing import NDArray

from ml.demo.pitches import hz
from ml.demo.waves import (
    HIGHEST_PARTIAL,
    RATE,
    Samples,
    bandpass,
    highpass,
    lowpass,
    mix,
    noise,
    partials,
    saw,
    swell,
    times,
    vibrato,
)

CACHED_NOTES = 64
"""Of each instrument."""

ENSEMBLE = (-0.09, -0.04, 0.0, 0.05, 0.08)
"""Detuning of the players of one section, semitones."""


def cached(instrument: Callable[..., Samples]) -> Callable[..., NDArray[np.float32]]:
    """Caches notes as float32, half of the memory."""

    @lru_cache(CACHED_NOTES)
    @wraps(instrument)
    def note(*arguments: float) -> NDArray[np.float32]:
        return instrument(*arguments).astype(np.float32)

    return note


@cached
def piano(midi: int, length_s: float, touch: float = 0.5) -> Samples:
    """Struck strings; `touch`, 0 to 1, from soft and dark to hard and bright."""
    rings_s = min(length_s + 0.9, 6.0)
    count = 14
    pitch = hz(midi)
    strengths = [(0.35 + 0.45 * touch) ** (0.62 * (n - 1)) / n**0.35 for n in range(1, count + 1)]
    decays = [0.55 + 0.011 * (midi - 36) + 0.30 * n**1.15 * (pitch / 261.6) ** 0.5 for n in range(1, count + 1)]
    # A second, slightly lower string sounds with the first, so that the tone beats as it dies.
    tone = partials(pitch, rings_s, strengths, decays)
    tone += 0.6 * partials(pitch * 0.99935, rings_s, strengths, decays)
    hammer = lowpass(noise(0.03, midi), 900 + 2500 * touch) * np.exp(-times(0.03) / 0.006)
    tone[: len(hammer)] += 0.5 * touch * hammer
    released = np.clip((length_s + 0.35 - times(rings_s)) / 0.35, 0.0, 1.0) if length_s < 1.2 else 1.0
    return 0.42 * tone * released * swell(rings_s, 0.003 + 0.006 * (1 - touch), 0.4)


@cached
def bell(midi: int, length_s: float) -> Samples:
    """Small metal bars, as of a glockenspiel."""
    moments = times(min(length_s + 1.2, 2.5))
    pitch = hz(midi)
    modes = ((1.0, 1.0, 2.2), (2.76, 0.45, 4.5), (5.40, 0.22, 9.0))
    sound = mix(
        strength * np.exp(-decay * moments) * np.sin(2 * np.pi * ratio * pitch * moments)
        for ratio, strength, decay in modes
        if ratio * pitch < HIGHEST_PARTIAL * RATE
    )
    return 0.6 * sound * swell(moments[-1] + 1 / RATE, 0.001, 0.2)[: len(moments)]


@cached
def marimba(midi: int, length_s: float) -> Samples:
    """Wooden bars: the fourth overtone, and little else."""
    moments = times(0.9)
    pitch = hz(midi)
    sound = np.exp(-5.0 * moments) * np.sin(2 * np.pi * pitch * moments)
    sound += 0.35 * np.exp(-14.0 * moments) * np.sin(2 * np.pi * 4 * pitch * moments)
    sound += 0.12 * np.exp(-30.0 * moments) * np.sin(2 * np.pi * 9.2 * pitch * moments)
    return 0.8 * sound * swell(0.9, 0.002, 0.2)


@cached
def strings(midi: int, length_s: float, brightness: float = 0.4, attack_s: float = 0.25) -> Samples:
    """A section of bowed strings."""
    rings_s = length_s + min(0.5, 0.25 * length_s + 0.1)
    chance = np.random.default_rng(midi)
    players = [
        saw(vibrato(hz(midi + off), rings_s, depth_semitones=0.1, rate_hz=chance.uniform(4.8, 5.9)), rings_s, start)
        for off, start in zip(ENSEMBLE, chance.uniform(0, 1, len(ENSEMBLE)), strict=True)
    ]
    section = lowpass(highpass(mix(players), 0.7 * hz(midi)), 700 + 4500 * brightness)
    return 0.22 * section * swell(rings_s, attack_s, min(0.5, 0.5 * length_s))


@cached
def cello(midi: int, length_s: float, brightness: float = 0.4) -> Samples:
    """One bowed string with a wooden body."""
    rings_s = length_s + 0.18
    string = saw(vibrato(hz(midi), rings_s, depth_semitones=0.22, rate_hz=5.1), rings_s)
    bow = 0.03 * lowpass(noise(rings_s, midi), 3000)
    string = lowpass(string + bow, 900 + 3600 * brightness)
    body = 0.5 * string + 0.8 * bandpass(string, 190, 320) + 0.7 * bandpass(string, 380, 620)
    body += 0.35 * bandpass(string, 950, 1600)
    return 0.5 * body * swell(rings_s, 0.12, 0.22)


@cached
def brass(midi: int, length_s: float, force: float = 0.7) -> Samples:
    """Horns and trombones: the louder, the brighter, and brightest just after the attack."""
    rings_s = length_s + 0.12
    moments = times(rings_s)
    scoop = hz(midi) * 2.0 ** (-0.35 * np.exp(-moments / 0.03) / 12)
    chance = np.random.default_rng(midi + 7)
    players = [saw(scoop * 2 ** (off / 12), rings_s, chance.uniform(0, 1)) for off in (-0.05, 0.0, 0.06)]
    section = mix(players)
    opening = np.clip(moments / 0.09, 0.0, 1.0) * (0.55 + 0.45 * np.exp(-moments / 0.5)) * force
    dark, bright = lowpass(section, 650 + 0.8 * hz(midi)), lowpass(section, 4800)
    return 0.36 * (dark + opening * (bright - dark)) * swell(rings_s, 0.04, 0.12)


@cached
def choir(midi: int, length_s: float) -> Samples:
    """Voices on "ah"."""
    rings_s = length_s + 0.4
    chance = np.random.default_rng(midi + 11)
    voices = mix(
        saw(vibrato(hz(midi + off), rings_s, rate_hz=chance.uniform(4.6, 6.0)), rings_s, chance.uniform(0, 1))
        for off in ENSEMBLE
    )
    sung = bandpass(voices, 600, 820) + 0.6 * bandpass(voices, 1020, 1280) + 0.3 * bandpass(voices, 2500, 3100)
    return 0.42 * (sung + 0.15 * lowpass(voices, 500)) * swell(rings_s, 0.3, 0.4)


@cached
def pad(midi: int, length_s: float, brightness: float = 0.2) -> Samples:
    """Soft, without a beginning."""
    rings_s = length_s + 1.2
    chance = np.random.default_rng(midi + 23)
    voices = mix(saw(hz(midi + off), rings_s, chance.uniform(0, 1)) for off in (-0.06, 0.0, 0.07))
    return 0.3 * lowpass(voices, 350 + 2400 * brightness) * swell(rings_s, min(1.0, 0.5 * length_s), 1.2)


@cached
def bass(midi: int, length_s: float, brightness: float = 0.35) -> Samples:
    """A fingered bass guitar."""
    rings_s = length_s + 0.08
    count = 8
    strengths = [(0.3 + 0.5 * brightness) ** (n - 1) for n in range(1, count + 1)]
    decays = [0.7 + 0.9 * n for n in range(1, count + 1)]
    return 0.7 * partials(hz(midi), rings_s, strengths, decays) * swell(rings_s, 0.005, 0.07)
