"""The mixer: places sounds on a timeline of beats, pans them, and adds reverb."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import oaconvolve

from ml.demo.waves import RATE, Samples, highpass, lowpass, noise, times

Stereo = NDArray[np.float32]
"""Of shape (2, samples)."""

PEAK = 0.75
"""Of full scale 1: Opus overshoots by up to a quarter."""


class Stage:
    """Collects sounds at their beats and mixes them to stereo."""

    def __init__(self, tempo_bpm: float, duration_s: float) -> None:
        self.beat_s = 60.0 / tempo_bpm
        self.duration_s = duration_s
        self._dry = np.zeros((2, round(duration_s * RATE)), np.float32)
        self._reverb_send = np.zeros_like(self._dry)

    def seconds(self, beats: float) -> float:
        return beats * self.beat_s

    def play(
        self,
        sound: Samples | NDArray[np.float32],
        beat: float,
        gain: float = 1.0,
        *,
        place: float = 0.0,
        room: float = 0.2,
    ) -> None:
        """Add a sound: `place` pans it from -1 (left) to 1 (right), `room` is the share that goes to the reverb."""
        start = round(beat * self.beat_s * RATE)
        if start < 0 or start >= self._dry.shape[1]:
            return
        audible = sound[: self._dry.shape[1] - start]
        angle = np.pi / 4 * (1 + place)
        panned = gain * np.vstack((np.cos(angle) * audible, np.sin(angle) * audible))
        self._dry[:, start : start + len(audible)] += panned
        self._reverb_send[:, start : start + len(audible)] += room * panned

    def mixed(
        self,
        *,
        echo_s: float = 1.6,
        warmth_hz: float = 5000.0,
        drive: float = 1.0,
        fade_s: float = 3.0,
        peak: float = PEAK,
    ) -> Stereo:
        """The song with reverb, soft-clipped and normalised to `peak`; call it once.

        `echo_s` is the length of the reverb; `drive` the level before the soft clipping: up to 1 the sound hardly
        changes, at 2 it is as dense as a mastered record.
        """
        whole = self._dry
        # Channel by channel and in place, to save memory.
        for channel, send, seed in zip(whole, self._reverb_send, (101, 102), strict=True):
            channel += oaconvolve(send, _impulse_response(echo_s, warmth_hz, seed))[: len(channel)]
            channel[:] = highpass(channel.astype(np.float64), 28)
        whole *= drive / np.abs(whole).max()
        np.tanh(whole, out=whole)
        whole *= peak / np.abs(whole).max()
        whole *= np.clip((self.duration_s - times(self.duration_s)) / fade_s, 0.0, 1.0) ** 1.5
        return whole


def _impulse_response(echo_s: float, warmth_hz: float, seed: int) -> NDArray[np.float32]:
    """Of a room: noise that decays, its treble faster."""
    moments = times(1.3 * echo_s)
    rush = noise(1.3 * echo_s, seed) * (moments > 0.018)
    fast, slow = np.exp(-6.9 * moments / (0.45 * echo_s)), np.exp(-6.9 * moments / echo_s)
    response = lowpass(rush, 1800) * slow + (lowpass(rush, warmth_hz) - lowpass(rush, 1800)) * fast
    normalised: Samples = response / np.sqrt((response**2).sum())
    return normalised.astype(np.float32)
