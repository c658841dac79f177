"""Changes of a recording's production that leave its mood as it is: speed, equaliser, compression, saturation, room.

Applied to the waveform, so that a teacher can hear the changed sound; `ml.training.data.augmentation` changes segments
of spectrograms instead, which teachers never hear. The ranges lean towards modern, dry, loud, bass-heavy production,
which the labelled collections lack.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SAMPLE_RATE = 32_000
"""Hz: the rate at which the mn04 teacher hears."""
BLOCK = 9000
"""Lengths are multiples of this many samples, because transforms of odd lengths are slow."""


@dataclass(frozen=True)
class ProductionRanges:
    """How often each change happens, and how strong it is."""

    speed: float = 0.08
    """Natural logarithm of the greatest change of tempo and pitch together; every second copy is changed."""
    equaliser_db: float = 4.5
    """Deviation of the slowest of five waves over the logarithm of frequency; faster ones are weaker."""
    bass_db: tuple[float, float] = (-4.0, 12.0)
    treble_db: tuple[float, float] = (-15.0, 8.0)
    compression: tuple[float, float] = (0.15, 0.7)
    """Exponent of the loudness over 50 ms by which the sound is divided."""
    drive: tuple[float, float] = (0.15, 1.2)
    """Level before a soft limiter."""
    room_s: tuple[float, float] = (0.15, 0.8)
    room_level: tuple[float, float] = (0.1, 0.5)
    peak: tuple[float, float] = (0.3, 0.95)


def with_other_production(
    wave: np.ndarray, random: np.random.Generator, ranges: ProductionRanges | None = None
) -> np.ndarray:
    """A copy of a mono recording, float32 (samples,) at 32 kHz, with another production; its peak is below 1.

    Up to 8 % shorter or longer. Raises ValueError for less than one block of samples.
    """
    ranges = ranges or ProductionRanges()
    if len(wave) < 2 * BLOCK:
        raise ValueError(f"The recording has {len(wave)} samples; at least {2 * BLOCK} are needed.")
    if random.random() < 0.5:
        wave = _faster(wave, np.exp(random.uniform(-ranges.speed, ranges.speed)))
    wave = _equalised(wave[: len(wave) // BLOCK * BLOCK], random, ranges)
    wave = wave / (_rms(wave) + 1e-9)
    if random.random() < 0.6:
        wave = wave * _loudness(wave) ** -random.uniform(*ranges.compression)
    if random.random() < 0.6:
        wave = np.tanh(wave * _log_uniform(random, *ranges.drive) / (_rms(wave) + 1e-9))
    if random.random() < 0.3:
        wave = _in_a_room(wave, random.uniform(*ranges.room_s), random.uniform(*ranges.room_level), random)
    scaled: np.ndarray = wave / (np.abs(wave).max() + 1e-9) * random.uniform(*ranges.peak)
    return scaled.astype(np.float32)


def _faster(wave: np.ndarray, rate: float) -> np.ndarray:
    """Tempo and pitch times `rate`, as a tape would."""
    at = np.arange(int(len(wave) / rate)) * rate
    return np.interp(at, np.arange(len(wave)), wave)


def _equalised(wave: np.ndarray, random: np.random.Generator, ranges: ProductionRanges) -> np.ndarray:
    hz = np.fft.rfftfreq(len(wave), 1 / SAMPLE_RATE)
    octaves = np.log2(np.maximum(hz, 20) / 20) / 10
    curve_db = np.zeros(len(hz))
    for number in range(1, 6):
        curve_db += random.normal(0, ranges.equaliser_db / number**0.7) * np.cos(np.pi * number * octaves)
    if random.random() < 0.6:
        curve_db += random.uniform(*ranges.bass_db) / (1 + (hz / _log_uniform(random, 60, 220)) ** 2)
    if random.random() < 0.3:
        corner = _log_uniform(random, 3000, 9000)
        curve_db += random.uniform(*ranges.treble_db) / (1 + (corner / np.maximum(hz, 1)) ** 2)
    return np.fft.irfft(np.fft.rfft(wave) * 10 ** (curve_db / 20), len(wave))


def _loudness(wave: np.ndarray) -> np.ndarray:
    """Root mean square of the 50 ms around each sample."""
    width = SAMPLE_RATE // 20
    padded = np.pad(wave.astype(np.float64) ** 2, (width // 2 + 1, width - width // 2 - 1))
    summed = np.cumsum(padded)
    return np.sqrt(np.maximum(summed[width:] - summed[:-width], 0)[: len(wave)] / width + 1e-6)


def _in_a_room(wave: np.ndarray, decay_s: float, level: float, random: np.random.Generator) -> np.ndarray:
    count = int(SAMPLE_RATE * decay_s)
    response = random.normal(size=count) * np.exp(-np.linspace(0, 6, count))
    response /= np.sqrt(np.sum(response**2))
    length = -(-(len(wave) + count) // BLOCK) * BLOCK
    wet = np.fft.irfft(np.fft.rfft(wave, length) * np.fft.rfft(response, length), length)
    return wave + level * wet[: len(wave)]


def _rms(wave: np.ndarray) -> float:
    return float(np.sqrt(np.mean(wave**2)))


def _log_uniform(random: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(random.uniform(np.log(low), np.log(high))))
