"""Augmentation of training segments that keeps mood and teacher outputs valid. NumPy, on batches in dB."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.features.filterbanks import hz_to_mel, mel_to_hz
from ml.spec import AudioSpec


@dataclass(frozen=True)
class AugmentationRanges:
    """The range of each change; drawn uniformly for each segment."""

    stretch: float = 0.10
    """Tempo times 0.9 to 1.1."""
    pitch_semitones: float = 1.5
    equaliser_db: float = 6.0
    noise_floor_db: tuple[float, float] = (45.0, 75.0)
    """Below the loudest cell, as in quiet recordings and low-bitrate codecs."""
    time_mask_s: float = 1.0
    band_mask: int = 10
    masks: int = 1


def mel_positions(ratio: np.ndarray, n_mels: int, fmin_hz: float, fmax_hz: float) -> np.ndarray:
    """The source position, in bands, of each mel band after a pitch shift by `ratio` (batch,): (batch, n_mels)."""
    ends = hz_to_mel(np.array([fmin_hz, fmax_hz]))
    step = (ends[1] - ends[0]) / (n_mels + 1)
    middles_hz = mel_to_hz(ends[0] + step * np.arange(1, n_mels + 1))
    return (hz_to_mel(middles_hz[None, :] / ratio[:, None]) - ends[0]) / step - 1.0


def interpolation(positions: np.ndarray, size: int) -> np.ndarray:
    """Matrices of linear interpolation at fractional positions: (batch, n) to (batch, size, n), clipped at the ends."""
    clipped = np.clip(positions, 0, size - 1)
    return np.maximum(0.0, 1.0 - np.abs(np.arange(size)[None, :, None] - clipped[:, None, :])).astype(np.float32)


def stretched_and_shifted(mel_db: np.ndarray, rates: np.ndarray, pitch: np.ndarray, spec: AudioSpec) -> np.ndarray:
    """Reads `segment_steps` steps from the start of each of (batch, steps, n_mels), with a rate and pitch for each."""
    at = np.clip(rates[:, None] * np.arange(spec.segment_steps)[None, :], 0, mel_db.shape[1] - 1)
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, mel_db.shape[1] - 1)
    part = (at - low)[:, :, None].astype(np.float32)
    row = np.arange(len(mel_db))[:, None]
    stretched = mel_db[row, low] * (1 - part) + mel_db[row, high] * part
    positions = mel_positions(pitch, spec.n_mels, spec.mel_fmin_hz, spec.mel_fmax_hz)
    return stretched @ interpolation(positions, spec.n_mels)


def equalised_with_noise(mel_db: np.ndarray, ranges: AugmentationRanges, random: np.random.Generator) -> np.ndarray:
    """A random equaliser and noise floor."""
    batch, _, bands = mel_db.shape
    waves = np.cos(np.pi * np.outer(np.arange(1, 5), (np.arange(bands) + 0.5) / bands))
    curve = (random.normal(size=(batch, 4)) * ranges.equaliser_db / 4) @ waves
    floor = mel_db.max(axis=(1, 2)) - random.uniform(*ranges.noise_floor_db, size=batch)
    return np.maximum(mel_db + curve[:, None, :].astype(np.float32), floor[:, None, None].astype(np.float32))


def time_and_band_masked(
    mel: np.ndarray, ranges: AugmentationRanges, spec: AudioSpec, random: np.random.Generator
) -> np.ndarray:
    """Masks time ranges and bands with the mean, 0 (Park et al., "SpecAugment", 2019). Changes `mel` in place."""
    batch, steps, bands = mel.shape
    longest = int(ranges.time_mask_s * spec.steps_per_s)
    for _ in range(ranges.masks):
        lengths = np.asarray(random.integers(0, longest, size=batch))
        widths = np.asarray(random.integers(0, ranges.band_mask, size=batch))
        for row, (length, width) in enumerate(zip(lengths, widths, strict=True)):
            start, band = random.integers(0, steps - length), random.integers(0, bands - width)
            mel[row, start : start + length] = 0.0
            mel[row, :, band : band + width] = 0.0
    return mel
