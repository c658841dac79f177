"""Where instruments stand and sound together: a time line in beats, a place from left to right, a room."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import oaconvolve

from ml.demo.waves import RATE, Samples, highpass, lowpass, noise, times

Stereo = NDArray[np.float32]
"""Of shape (2, samples)."""

PEAK = 0.89
"""Full scale is 1: a little room is left, since encoders and loudspeakers overshoot."""


class Stage:
    """Takes sounds at their beat, and gives the whole as two channels."""

    def __init__(self, tempo_bpm: float, duration_s: float) -> None:
        self.beat_s = 60.0 / tempo_bpm
        self.duration_s = duration_s
        self._dry = np.zeros((2, round(duration_s * RATE)), np.float32)
        self._sent = np.zeros_like(self._dry)

    def seconds(self, beats: float) -> float:
        return beats * self.beat_s

    def play(self, sound: Samples, beat: float, gain: float = 1.0, *, place: float = 0.0, room: float = 0.2) -> None:
        """`place` from -1 (left) to 1 (right); `room` is how much of it the walls give back. What is late is cut."""
        start = round(beat * self.beat_s * RATE)
        if start < 0 or start >= self._dry.shape[1]:
            return
        heard = sound[: self._dry.shape[1] - start]
        angle = np.pi / 4 * (1 + place)
        both = gain * np.vstack((np.cos(angle) * heard, np.sin(angle) * heard))
        self._dry[:, start : start + len(heard)] += both
        self._sent[:, start : start + len(heard)] += room * both

    def mixed(
        self,
        *,
        echo_s: float = 1.6,
        warmth_hz: float = 5000.0,
        drive: float = 1.0,
        fade_s: float = 3.0,
        peak: float = PEAK,
    ) -> Stereo:
        """The sound in its room, brought to one loudness, full scale 1. The stage is used up by it.

        `echo_s` is how long the room rings; `drive` how hard the sum is pressed against full scale, which it bends to
        softly: up to 1 it stays nearly as it is, at 2 it is as dense as records are.
        """
        whole = self._dry
        # One channel after the other and in place: a song is large, and small machines play it too.
        for side, sent, seed in zip(whole, self._sent, (101, 102), strict=True):
            side += oaconvolve(sent, _walls(echo_s, warmth_hz, seed))[: len(side)]
            side[:] = highpass(side, 28)
        whole *= drive / np.abs(whole).max()
        np.tanh(whole, out=whole)
        whole *= peak / np.abs(whole).max()
        whole *= np.clip((self.duration_s - times(self.duration_s)) / fade_s, 0.0, 1.0) ** 1.5
        return whole


def _walls(echo_s: float, warmth_hz: float, seed: int) -> NDArray[np.float32]:
    """What a room gives back of a clap: noise that dies away, its treble first."""
    moments = times(1.3 * echo_s)
    rush = noise(1.3 * echo_s, seed) * (moments > 0.018)
    fast, slow = np.exp(-6.9 * moments / (0.45 * echo_s)), np.exp(-6.9 * moments / echo_s)
    back = lowpass(rush, 1800) * slow + (lowpass(rush, warmth_hz) - lowpass(rush, 1800)) * fast
    return (back / np.sqrt((back**2).sum())).astype(np.float32)
