"""Spectrogram images: grey levels, resizing, and the linear spectrogram."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import fft

from ml.audio.decoding import DecodingInfo, decode
from ml.features.spectrogram_image import RANGE_DB
from ml.spec import AudioSpec

POWER_FLOOR = 1e-10


def levels(song_db: np.ndarray) -> np.ndarray:
    """dB (steps, bands) as an image, uint8 (bands, steps) with low bands last.

    255 is the song's loudest point, 0 is `RANGE_DB` below it or silence: the levels of
    `ml.features.spectrogram_image.spectrogram_png`.
    """
    share = np.clip(1.0 + (song_db - song_db.max()) / RANGE_DB, 0.0, 1.0)
    return np.round(share * 255).astype(np.uint8).T[::-1]


def resized(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Resizes an image (rows, columns), uint8 or float32, to float32 (height, width)."""
    if image.shape == (height, width):
        return image.astype(np.float32)
    scaled = Image.fromarray(np.ascontiguousarray(image)).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(scaled, np.float32)


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
