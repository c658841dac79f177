"""Changes to a crop that leave its feeling true: another singer, another room, another pace. NumPy, on batches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.training.data.augmentation import interpolation, mel_positions
from ml.training.sung.voice_spec import SungSpec


@dataclass(frozen=True)
class VoiceAugmentationRanges:
    """How far each change goes. Drawn for each crop apart, uniformly where nothing else is said."""

    stretch: float = 0.12
    """Pace times 0.88 to 1.12, pitch kept."""
    shift_semitones: float = 1.5
    """Pitch and formants together: a longer or shorter throat. The tune, its intervals, stays."""
    tilt_db: float = 5.0
    """Equaliser: how far a smooth curve over the bands goes."""
    noise_floor_db: tuple[float, float] = (45.0, 75.0)
    """Below the loudest cell: a room, a small codec."""
    gain_db: float = 2.0
    """Another distance to the microphone; a deviation."""
    tuning_semitones: float = 0.15
    """The median pitch is an estimate; the picture moves up or down by its error; a deviation."""


def shifted_and_stretched(
    mel_db: np.ndarray, pitch: np.ndarray, starts: np.ndarray, rates: np.ndarray, shifts: np.ndarray, spec: SungSpec
) -> tuple[np.ndarray, np.ndarray]:
    """Reads `crop_steps` steps of (batch, steps, n_mels) and (batch, steps) from fractional `starts`, at own `rates`.

    `shifts` in semitones move the bands. Beyond the phrase there is silence: 0 dB and NaN.
    """
    at = starts[:, None] + rates[:, None] * np.arange(spec.crop_steps)[None, :]
    steps = mel_db.shape[1]
    outside = (at < 0) | (at > steps - 1)
    clipped = np.clip(at, 0, steps - 1)
    low = np.floor(clipped).astype(int)
    high = np.minimum(low + 1, steps - 1)
    part = (clipped - low)[:, :, None].astype(np.float32)
    row = np.arange(len(mel_db))[:, None]
    read = mel_db[row, low] * (1 - part) + mel_db[row, high] * part
    read[outside] = 0.0
    line = pitch[row, np.round(clipped).astype(int)]
    line[outside] = np.nan
    positions = mel_positions(2.0 ** (shifts / 12.0), spec.n_mels, 0.0, spec.mel_fmax_hz)
    return read @ interpolation(positions, spec.n_mels), line


def equalised_with_noise(
    mel_db: np.ndarray, ranges: VoiceAugmentationRanges, random: np.random.Generator
) -> np.ndarray:
    """Another equaliser and another noise floor; 0 dB stays the floor of silence."""
    batch, steps, bands = mel_db.shape
    waves = np.cos(np.pi * np.outer(np.arange(1, 5), (np.arange(bands) + 0.5) / bands))
    curve = (random.normal(size=(batch, 4)) * ranges.tilt_db / 2 / np.arange(1, 5)) @ waves
    floor = mel_db.max(axis=(1, 2)) - random.uniform(*ranges.noise_floor_db, size=batch)
    noise = floor[:, None, None].astype(np.float32) + 2 * random.standard_normal((batch, steps, bands), np.float32)
    return np.maximum(mel_db + curve[:, None, :].astype(np.float32), noise)
