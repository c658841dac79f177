"""Filter banks from one power spectrum to mel bands, chroma and tonal centroids. Tested to equal librosa's."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ml.spec import AudioSpec

A4_HZ = 440.0


def hz_to_mel(hz: np.ndarray) -> np.ndarray:
    """Frequencies in Hz to mel on Slaney's scale (Auditory Toolbox, 1998): linear to 1 kHz, logarithmic above."""
    linear = hz / (200.0 / 3)
    return np.where(hz < 1000.0, linear, 15.0 + np.log(np.maximum(hz, 1e-9) / 1000.0) / (np.log(6.4) / 27.0))


def mel_to_hz(mel: np.ndarray) -> np.ndarray:
    """The inverse of `hz_to_mel`."""
    return np.where(mel < 15.0, mel * (200.0 / 3), 1000.0 * np.exp((mel - 15.0) * (np.log(6.4) / 27.0)))


@lru_cache(maxsize=4)
def mel_weights(spec: AudioSpec) -> np.ndarray:
    """Triangular mel filters of equal area, float32 (n_mels, 1 + n_fft // 2). Source: Slaney 1998."""
    bins_hz = np.fft.rfftfreq(spec.n_fft, 1.0 / spec.sample_rate)
    ends = hz_to_mel(np.array([spec.mel_fmin_hz, spec.mel_fmax_hz]))
    edges_hz = mel_to_hz(np.linspace(ends[0], ends[1], spec.n_mels + 2))
    width_hz = np.diff(edges_hz)
    distance = edges_hz[:, None] - bins_hz[None, :]
    rising = -distance[:-2] / width_hz[:-1, None]
    falling = distance[2:] / width_hz[1:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    weights: np.ndarray = (triangles * (2.0 / (edges_hz[2:] - edges_hz[:-2]))[:, None]).astype(np.float32)
    return weights


@lru_cache(maxsize=4)
def chroma_weights(spec: AudioSpec) -> np.ndarray:
    """Weights from bins to the twelve pitch classes from C, at A4 = 440 Hz, float32 (12, 1 + n_fft // 2).

    Each bin is distributed over pitch classes by a Gaussian as wide as the bin in semitones, and weighted by a Gaussian
    over octaves around the fifth one. Source: Ellis, "Chroma feature analysis and synthesis", 2007.
    """
    bins_hz = np.arange(1, spec.n_fft) * (spec.sample_rate / spec.n_fft)
    semitones = 12.0 * np.log2(bins_hz / (A4_HZ / 16.0))
    semitones = np.concatenate(([semitones[0] - 18.0], semitones))  # bin 0 is far below the lowest note
    widths = np.concatenate((np.maximum(np.diff(semitones), 1.0), [1.0]))
    distance = np.remainder(semitones[None, :] - np.arange(12)[:, None] + 6.0, 12.0) - 6.0
    weights = np.exp(-0.5 * (2.0 * distance / widths[None, :]) ** 2)
    weights /= np.sqrt(np.sum(weights**2, axis=0, keepdims=True))
    weights *= np.exp(-0.5 * (((semitones / 12.0 - 5.0) / 2.0) ** 2))[None, :]
    from_c = np.roll(weights, -3, axis=0)  # the rows above start at A
    return np.ascontiguousarray(from_c[:, : 1 + spec.n_fft // 2], dtype=np.float32)


@lru_cache(maxsize=1)
def tonnetz_weights() -> np.ndarray:
    """Weights from chroma to six tonal centroid axes (fifths, minor thirds, major thirds), float32 (6, 12).

    Source: Harte, Sandler, Gasser, "Detecting harmonic change in musical audio", 2006.
    """
    angle = np.outer([7 / 6, 7 / 6, 3 / 2, 3 / 2, 2 / 3, 2 / 3], np.arange(12))
    angle[::2] -= 0.5  # the sine of each pair, as a cosine
    radius = np.array([1.0, 1.0, 1.0, 1.0, 0.5, 0.5])[:, None]
    weights: np.ndarray = (radius * np.cos(np.pi * angle)).astype(np.float32)
    return weights


@lru_cache(maxsize=4)
def mfcc_weights(spec: AudioSpec) -> np.ndarray:
    """Orthonormal DCT-II rows, float32 (n_mfcc, n_mels)."""
    band = np.arange(spec.n_mels) + 0.5
    rows = np.cos(np.pi * np.outer(np.arange(spec.n_mfcc), band) / spec.n_mels) * np.sqrt(2.0 / spec.n_mels)
    rows[0] /= np.sqrt(2.0)
    weights: np.ndarray = rows.astype(np.float32)
    return weights
