"""The short-time Fourier transform (STFT), and the spectral descriptors of each step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
from scipy import fft

from ml.features.filterbanks import chroma_weights, mel_weights, tonnetz_weights
from ml.spec import AudioSpec

POWER_FLOOR = 1e-10
NEAR_ZERO = 1e-10
ROLLOFF = 0.85
TINY = float(np.finfo(np.float32).tiny)


@dataclass
class Steps:
    """Spectral descriptors of consecutive steps; the first axis of every array is the step (32 per second)."""

    rms: np.ndarray
    """float32 (n,), full scale 1.0."""
    zero_crossing_rate: np.ndarray
    """float32 (n,), sign changes per sample."""
    spectral_centroid: np.ndarray
    """float32 (n,), Hz."""
    spectral_rolloff: np.ndarray
    """float32 (n,), Hz."""
    chroma: np.ndarray
    """float32 (n, 12), from C; the maximum of each step is 1."""
    tonnetz: np.ndarray
    """float32 (n, 6), tonal centroids."""
    mel_db: np.ndarray
    """float32 (n, n_mels), dB relative to full scale 1.0 through a Hann window, at least -100."""

    def __len__(self) -> int:
        return len(self.rms)

    def __getitem__(self, part: slice) -> Steps:
        return Steps(*(getattr(self, field.name)[part] for field in fields(self)))

    @staticmethod
    def concatenate(parts: list[Steps]) -> Steps:
        return Steps(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Steps)))


def steps_of(blocks: Iterable[np.ndarray], spec: AudioSpec, chunk_steps: int = 160) -> Iterator[Steps]:
    """Transforms mono float32 blocks of any length into runs of at most `chunk_steps` steps, in bounded memory.

    Step i covers n_fft samples around sample i * hop_length, with zeros beyond the song's ends. A song of n samples has
    1 + n // hop_length steps. Tested to equal librosa with center=True.
    """
    for samples, negative, count in _runs(blocks, spec, chunk_steps):
        yield _transform(samples, negative, count, spec)


def mel_and_rms_of(
    blocks: Iterable[np.ndarray], spec: AudioSpec, chunk_steps: int = 160
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Only `mel_db` and `rms` of `steps_of`, in half of the time: runs of float32 (steps, n_mels) and (steps,)."""
    for samples, _, count in _runs(blocks, spec, chunk_steps):
        framed = _framed(samples, count, spec)
        yield _mel_db(_power(framed, spec), spec), _rms(framed, spec)


def _runs(
    blocks: Iterable[np.ndarray], spec: AudioSpec, chunk_steps: int
) -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
    """Runs of windows: the samples from the first window's start, whether each is negative, and the number of steps."""
    half = spec.n_fft // 2
    samples = np.zeros(half, dtype=np.float32)
    negative = np.zeros(0, dtype=bool)
    total = made = 0
    for block in blocks:
        if len(block) == 0:
            continue
        below = block < -NEAR_ZERO
        if total == 0:
            negative = np.full(half, below[0])
        samples = np.concatenate((samples, block.astype(np.float32, copy=False)))
        negative = np.concatenate((negative, below))
        total += len(block)
        while (len(samples) - spec.n_fft) // spec.hop_length + 1 >= chunk_steps:
            yield samples, negative, chunk_steps
            samples = samples[chunk_steps * spec.hop_length :]
            negative = negative[chunk_steps * spec.hop_length :]
            made += chunk_steps
    left = (1 + total // spec.hop_length - made) if total else 0
    if left > 0:
        samples = np.concatenate((samples, np.zeros(half, dtype=np.float32)))
        negative = np.concatenate((negative, np.full(half, negative[-1])))
        yield samples, negative, left


def _transform(samples: np.ndarray, negative: np.ndarray, count: int, spec: AudioSpec) -> Steps:
    """The first `count` steps of `samples`; `negative` are their signs, for the zero crossings."""
    length = (count - 1) * spec.hop_length + spec.n_fft
    framed = _framed(samples, count, spec)
    power = _power(framed, spec)
    magnitude = np.sqrt(power)
    chroma = power @ chroma_weights(spec).T
    chroma /= _nonzero(chroma.max(axis=1, keepdims=True))
    tonnetz = (chroma / _nonzero(chroma.sum(axis=1, keepdims=True))) @ tonnetz_weights().T
    bins_hz = np.fft.rfftfreq(spec.n_fft, 1.0 / spec.sample_rate).astype(np.float32)
    return Steps(
        rms=_rms(framed, spec),
        zero_crossing_rate=_zero_crossing_rate(negative[:length], count, spec),
        spectral_centroid=(magnitude @ bins_hz) / _nonzero(magnitude.sum(axis=1)),
        spectral_rolloff=_rolloff(magnitude, bins_hz),
        chroma=chroma,
        tonnetz=tonnetz,
        mel_db=_mel_db(power, spec),
    )


def _rms(framed: np.ndarray, spec: AudioSpec) -> np.ndarray:
    rms: np.ndarray = np.sqrt(np.einsum("ij,ij->i", framed, framed) / spec.n_fft)
    return rms


def _framed(samples: np.ndarray, count: int, spec: AudioSpec) -> np.ndarray:
    length = (count - 1) * spec.hop_length + spec.n_fft
    return np.lib.stride_tricks.sliding_window_view(samples[:length], spec.n_fft)[:: spec.hop_length]


def _power(framed: np.ndarray, spec: AudioSpec) -> np.ndarray:
    spectrum = fft.rfft(framed * _hann(spec.n_fft), axis=-1)
    power: np.ndarray = spectrum.real**2 + spectrum.imag**2
    return power


def _mel_db(power: np.ndarray, spec: AudioSpec) -> np.ndarray:
    mel_db: np.ndarray = 10.0 * np.log10(np.maximum(power @ mel_weights(spec).T, POWER_FLOOR))
    return mel_db


@lru_cache(maxsize=2)
def _hann(length: int) -> np.ndarray:
    """Periodic Hann window."""
    return (0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(length) / length)).astype(np.float32)


def _nonzero(norm: np.ndarray) -> np.ndarray:
    """Divisors, with 1 in place of 0."""
    return np.where(norm < TINY, np.float32(1.0), norm)


def _rolloff(magnitude: np.ndarray, bins_hz: np.ndarray) -> np.ndarray:
    """Frequency in Hz of the first bin at which 85 % of the magnitude is reached."""
    summed = np.cumsum(magnitude, axis=1)
    rolloff: np.ndarray = bins_hz[np.argmax(summed >= ROLLOFF * summed[:, -1:], axis=1)]
    return rolloff


def _zero_crossing_rate(negative: np.ndarray, count: int, spec: AudioSpec) -> np.ndarray:
    """Sign changes per sample in each window. Beyond the song's ends, its first and last samples are repeated."""
    changes = np.concatenate(([0], np.cumsum(negative[1:] != negative[:-1])))
    starts = np.arange(count) * spec.hop_length
    rate: np.ndarray = ((changes[starts + spec.n_fft - 1] - changes[starts]) / spec.n_fft).astype(np.float32)
    return rate
