"""The spectrogram on a linear scale of frequency."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import numpy as np
from scipy import fft

from ml.audio.decoding import DecodingInfo, decode
from ml.spec import AudioSpec

POWER_FLOOR = 1e-10


def linear_bands(path: Path, bands: int, spec: AudioSpec) -> np.ndarray:
    """The power of `bands` equally wide bands from 0 Hz to half the sample rate, dB, float32 (steps, bands).

    Steps are the product's own (a Hann window of `n_fft` samples every `hop_length`). `bands` is at most the number
    of bins of the transform. Raises MoodError if the audio cannot be read.
    """
    bins = spec.n_fft // 2 + 1
    edges = np.arange(bands) * bins // bands
    widths = np.diff(np.append(edges, bins))
    window = np.hanning(spec.n_fft + 1)[:-1].astype(np.float32)
    parts, pending = [], np.zeros(spec.n_fft // 2, np.float32)
    silence = np.zeros(spec.n_fft // 2, np.float32)
    for block in chain(decode(path, DecodingInfo(), spec), [silence]):
        pending = np.concatenate((pending, block))
        count = (len(pending) - spec.n_fft) // spec.hop_length + 1
        if count < 1:
            continue
        framed = np.lib.stride_tricks.sliding_window_view(pending, spec.n_fft)[:: spec.hop_length][:count]
        spectrum = fft.rfft(framed * window, axis=-1)
        power = np.add.reduceat(spectrum.real**2 + spectrum.imag**2, edges, axis=1) / widths
        parts.append(10.0 * np.log10(np.maximum(power, POWER_FLOOR)).astype(np.float32))
        pending = pending[count * spec.hop_length :]
    return np.concatenate(parts)
