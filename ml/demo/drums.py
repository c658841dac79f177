"""Drums and percussion. Samples of about full scale 1; each sound is cached."""

from __future__ import annotations

from functools import cache

import numpy as np

from ml.demo.waves import RATE, Samples, bandpass, highpass, lowpass, noise, swell, times


@cache
def kick(low_hz: float = 48.0) -> Samples:
    moments = times(0.38)
    pitch = low_hz + 130 * np.exp(-moments / 0.022)
    click = 0.25 * highpass(noise(0.38, 1), 2000) * np.exp(-moments / 0.003)
    return np.sin(2 * np.pi * np.cumsum(pitch) / RATE) * np.exp(-moments / 0.11) + click


@cache
def drum(low_hz: float = 62.0, ring_s: float = 0.5) -> Samples:
    """A large ensemble drum."""
    moments = times(4 * ring_s)
    pitch = low_hz * (1 + 0.35 * np.exp(-moments / 0.04))
    skin = np.sin(2 * np.pi * np.cumsum(pitch) / RATE) + 0.4 * np.sin(2 * np.pi * 1.6 * np.cumsum(pitch) / RATE)
    slap = lowpass(noise(4 * ring_s, round(low_hz)), 1400) * np.exp(-moments / 0.035)
    struck = (0.75 * skin * np.exp(-moments / ring_s) + 0.8 * slap) * swell(4 * ring_s, 0.001, ring_s)
    # Soft-clipped, so that the attack does not use up the headroom of the mix.
    return 0.9 * np.tanh(3.0 * struck)


@cache
def snare() -> Samples:
    moments = times(0.3)
    wires = bandpass(noise(0.3, 3), 900, 7000) * np.exp(-moments / 0.075)
    return 0.6 * np.sin(2 * np.pi * 190 * moments) * np.exp(-moments / 0.05) + 0.9 * wires


@cache
def clap() -> Samples:
    moments = times(0.25)
    hands = sum(np.where(moments >= late, np.exp(-(moments - late) / 0.008), 0) for late in (0.0, 0.011, 0.022))
    hands = hands + np.where(moments >= 0.03, 0.8 * np.exp(-(moments - 0.03) / 0.06), 0)
    return 0.8 * bandpass(noise(0.25, 4), 800, 2600) * hands


@cache
def hat(ring_s: float = 0.03) -> Samples:
    return 0.5 * highpass(noise(6 * ring_s, 5), 7000) * np.exp(-times(6 * ring_s) / ring_s)


@cache
def shaker() -> Samples:
    return 0.4 * bandpass(noise(0.09, 6), 4500, 9000) * swell(0.09, 0.03, 0.05)


@cache
def cymbal(ring_s: float = 0.9) -> Samples:
    moments = times(3 * ring_s)
    return 0.45 * highpass(noise(3 * ring_s, 8), 3200) * np.exp(-moments / ring_s) * swell(3 * ring_s, 0.002, ring_s)


@cache
def tick() -> Samples:
    """The tick of a clock."""
    moments = times(0.05)
    return np.sin(2 * np.pi * 2300 * moments) * np.exp(-moments / 0.006) + 0.3 * highpass(noise(0.05, 9), 4000) * (
        np.exp(-moments / 0.002)
    )


@cache
def scrape(length_s: float, low_hz: float, high_hz: float) -> Samples:
    """A riser: noise that moves from a low band to a high one, like bowed metal."""
    moments = times(length_s)
    rush = noise(length_s, round(low_hz))
    low, high = bandpass(rush, low_hz, 1.4 * low_hz), bandpass(rush, high_hz, 1.2 * high_hz)
    share = moments / length_s
    return ((1 - share) * low + share * high) * share**2
