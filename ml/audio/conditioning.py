"""Conditioning of decoded audio before analysis: invalid samples, stereo downmix and DC offset."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame

DECISION_S = 60.0
"""Seconds of stereo audio that are read before the first decision on how to mix it."""

CROSSFADE_S = 0.1
"""Length of the crossfade if the decision changes."""

SILENT_CHANNEL = 1e-6
"""A channel with less than this share of the other channel's energy (-60 dB) is silent."""

OPPOSED, NOT_OPPOSED = -0.1, 0.0
"""Channels with a correlation below the first are in opposite phase, until it rises above the second. Even wide stereo
is correlated by 0.1 to 0.2, and with a lower correlation the difference keeps more of the music than the mean."""

OFFSET_WINDOW_S = 1.0
"""Window of the offset estimate. Under a Hann window of this length nothing above 3 Hz looks like an offset."""

MIN_OFFSET = 1e-3
"""A mean below this (-60 dBFS) is not an offset and is left as it is."""


FLOAT_DTYPES = {"flt": "f4", "dbl": "f8"}
"""NumPy type of FFmpeg's sample formats that can hold NaN or infinity, packed or planar."""

CHUNK_SAMPLES = 1 << 15
"""Samples of each channel that are checked and passed on at once: a filter takes them in half of the time that it takes
for the frames of an mp3, which have 1,152."""


class SampleCheck:
    """Replaces NaN and infinity by silence, before any filter spreads them."""

    def __init__(self) -> None:
        self.invalid_runs = 0
        """Number of runs of NaN or infinity, counted by frames."""
        self._in_run = False

    def checked(self, frames: Iterable[AudioFrame]) -> Iterator[AudioFrame]:
        """The same samples in frames of about `CHUNK_SAMPLES`; where format, layout or rate change, they are shorter.
        Timestamps are lost."""
        kind: tuple[str, str, int] | None = None
        fifo, sizes = AudioFifo(), list[int]()
        for frame in frames:
            frame_kind = (frame.format.name, frame.layout.name, frame.sample_rate)
            if sizes and (frame_kind != kind or fifo.samples >= CHUNK_SAMPLES):
                yield self._checked(_all_of(fifo), sizes)
                sizes = []
            if frame_kind != kind:
                fifo, kind = AudioFifo(), frame_kind
            frame.pts = None  # a gap in timestamps is no error
            sizes.append(frame.samples)
            fifo.write(frame)
        if sizes:
            yield self._checked(_all_of(fifo), sizes)

    def _checked(self, chunk: AudioFrame, sizes: list[int]) -> AudioFrame:
        """`sizes` are the samples of each frame in it."""
        dtype = np.dtype(FLOAT_DTYPES.get(chunk.format.name.removesuffix("p"), "V1"))
        if dtype.kind == "f" and not all(_is_finite(plane) for plane in _planes(chunk, dtype)):
            return self._without_invalid(chunk, sizes)
        self._in_run = False
        return chunk

    def _without_invalid(self, chunk: AudioFrame, sizes: list[int]) -> AudioFrame:
        samples = chunk.to_ndarray()
        valid = np.isfinite(samples)
        channels = samples.shape[1] // chunk.samples  # of a row: packed formats have all of them in one
        for part in np.split(valid, np.cumsum(sizes)[:-1] * channels, axis=1):
            self.invalid_runs += not self._in_run and not part.all()
            self._in_run = not part.all()
        clean = AudioFrame.from_ndarray(np.where(valid, samples, 0), chunk.format.name, chunk.layout.name)
        clean.sample_rate = chunk.sample_rate
        return clean


def _all_of(fifo: AudioFifo) -> AudioFrame:
    chunk = fifo.read()
    assert chunk is not None
    return chunk


def _planes(frame: AudioFrame, dtype: np.dtype[Any]) -> Iterator[np.ndarray]:
    """The samples of each plane, without the padding behind them."""
    count = frame.samples * (1 if frame.format.is_planar else frame.layout.nb_channels)
    return (np.frombuffer(memoryview(plane), dtype, count) for plane in frame.planes)


def _is_finite(samples: np.ndarray) -> bool:
    # The energy is NaN or infinite if any sample is, and takes a quarter of the time of testing each. An energy that is
    # too large for the type only leads to the slower test.
    with np.errstate(over="ignore", invalid="ignore"):
        return math.isfinite(samples @ samples)


class StereoDownmix:
    """Mixes stereo blocks to mono so that the music stays.

    Normally the mean of both channels. If one channel is silent, the other one alone, without loss of level. If the
    channels are in opposite phase, half of their difference, because the mean would cancel the music. The decision uses
    all audio so far, at first `DECISION_S` seconds.
    """

    def __init__(self, sample_rate: int) -> None:
        self.was_opposed = False
        """Whether any part was mixed as opposite phase."""
        self._sample_rate = sample_rate
        self._energy = np.zeros((2, 2))
        self._gains = np.array([0.5, 0.5], np.float32)
        self._pending: deque[np.ndarray] = deque()
        self._pending_samples = 0
        self._decided = False

    def push(self, block: np.ndarray) -> Iterator[np.ndarray]:
        """The mono blocks, float32 (samples,), that are decided after a stereo `block`, float32 (2, samples)."""
        self._pending.append(block)
        self._pending_samples += block.shape[1]
        if self._decided:
            self._observe(block)
            yield from self._mixed()
        elif self._pending_samples >= DECISION_S * self._sample_rate:
            yield from self.drain()

    def drain(self) -> Iterator[np.ndarray]:
        """The remaining mono blocks."""
        if not self._decided:
            for block in self._pending:
                self._observe(block)
            self._gains = self._decision()
            self._decided = bool(self._energy.any())
        yield from self._mixed()

    def _observe(self, block: np.ndarray) -> None:
        centred = block - block.mean(axis=1, keepdims=True)
        self._energy += (centred @ centred.T).astype(np.float64)

    def _decision(self) -> np.ndarray:
        left, right, product = self._energy[0, 0], self._energy[1, 1], self._energy[0, 1]
        if max(left, right) > 0 and min(left, right) < SILENT_CHANNEL * max(left, right):
            gains = (1.0, 0.0) if left > right else (0.0, 1.0)
        else:
            correlation = product / np.sqrt(left * right) if left > 0 and right > 0 else 1.0
            opposed = correlation < (NOT_OPPOSED if self._gains[1] < 0 else OPPOSED)
            gains = (0.5, -0.5) if opposed else (0.5, 0.5)
        return np.array(gains, np.float32)

    def _mixed(self) -> Iterator[np.ndarray]:
        previous, self._gains = self._gains, self._decision()
        while self._pending:
            block = self._pending.popleft()
            mono = self._gains @ block
            if not np.array_equal(previous, self._gains):
                length = min(round(CROSSFADE_S * self._sample_rate), len(mono))
                fade = np.linspace(0.0, 1.0, length, dtype=np.float32)
                mono[:length] = fade * mono[:length] + (1 - fade) * (previous @ block[:, :length])
                previous = self._gains
            self.was_opposed |= bool(self._gains[1] < 0)
            yield mono
        self._pending_samples = 0


class OffsetFilter:
    """Subtracts a DC offset from mono blocks; audio without an offset passes unchanged.

    The offset is the mean under overlapping Hann windows of `OFFSET_WINDOW_S`, interpolated between them, so that it
    may change over time. Means below `MIN_OFFSET` count as 0.
    """

    def __init__(self, sample_rate: int) -> None:
        self._hop = round(OFFSET_WINDOW_S * sample_rate / 2)
        self._rising = (np.sin(np.pi * (np.arange(self._hop) + 0.5) / (2 * self._hop)) ** 2).astype(np.float32)

    def __call__(self, blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Filters float32 blocks of any length in bounded memory; the output is half a window late."""
        hop = self._hop
        pending, offset = np.zeros(0, np.float32), None  # `offset` is that at the start of `pending`
        for block in blocks:
            pending = np.concatenate((pending, block))
            ready = []
            while len(pending) >= 2 * hop:
                next_offset = self._mean(pending[: 2 * hop])
                ready.append(self._filtered(pending[:hop], next_offset if offset is None else offset, next_offset))
                pending, offset = pending[hop:], next_offset
            if ready:
                yield np.concatenate(ready)
        if len(pending):
            yield self._filtered(pending, offset or 0.0, offset or 0.0)

    def _mean(self, samples: np.ndarray) -> float:
        """The weighted mean of two half windows."""
        total = samples[: self._hop] @ self._rising + samples[self._hop :] @ self._rising[::-1]
        mean = float(total) / self._hop
        return mean if abs(mean) >= MIN_OFFSET else 0.0

    def _filtered(self, samples: np.ndarray, start: float, end: float) -> np.ndarray:
        """Samples minus an offset that goes from `start` to `end` over half a window."""
        if start == end == 0.0:
            return samples
        if start == end:
            return samples - np.float32(start)
        return samples - np.float32(start) - np.float32(end - start) * self._rising
