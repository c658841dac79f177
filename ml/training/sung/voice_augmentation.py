"""Augmentation of crops that keeps their emotion: other voice, room and pace. NumPy, on batches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.training.data.augmentation import interpolation, mel_positions
from ml.training.sung.voice_spec import SungSpec


@dataclass(frozen=True)
class VoiceAugmentationRanges:
    """The range of each change; drawn for each crop, uniformly unless stated."""

    stretch: float = 0.12
    """Pace times 0.88 to 1.12, at the same pitch."""
    shift_semitones: float = 1.5
    """Pitch and formants together; intervals of the tune stay."""
    tilt_db: float = 5.0
    """Range of a smooth equaliser curve."""
    noise_floor_db: tuple[float, float] = (45.0, 75.0)
    """Below the loudest cell, like a room or a low-bitrate codec."""
    gain_db: float = 2.0
    """Standard deviation, like another distance to the microphone."""
    tuning_semitones: float = 0.15
    """Standard deviation of the error of the median pitch."""


def shifted_and_stretched(
    mel_db: np.ndarray, pitch: np.ndarray, starts: np.ndarray, rates: np.ndarray, shifts: np.ndarray, spec: SungSpec
) -> tuple[np.ndarray, np.ndarray]:
    """Reads `crop_steps` steps of (batch, steps, n_mels) and (batch, steps) from fractional `starts`, at own `rates`.

    `shifts` in semitones move the bands. Outside the phrase there is silence: 0 dB and NaN.
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
    """A random equaliser and noise floor; 0 dB stays the floor."""
    batch, steps, bands = mel_db.shape
    waves = np.cos(np.pi * np.outer(np.arange(1, 5), (np.arange(bands) + 0.5) / bands))
    curve = (random.normal(size=(batch, 4)) * ranges.tilt_db / 2 / np.arange(1, 5)) @ waves
    floor = mel_db.max(axis=(1, 2)) - random.uniform(*ranges.noise_floor_db, size=batch)
    noise = floor[:, None, None].astype(np.float32) + 2 * random.standard_normal((batch, steps, bands), np.float32)
    return np.maximum(mel_db + curve[:, None, :].astype(np.float32), noise)
