"""Features of a sung phrase: a levelled log-mel spectrogram and its pitch contour."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import librosa
import numpy as np

from ml.audio.decoding import DecodingInfo, decode
from ml.training.sung.voice_spec import SungSpec

MEDIAN_STEPS = 3
"""Median filter against octave errors of the pitch tracker."""


@dataclass(frozen=True)
class Voice:
    """A phrase, trimmed to its loud part with a margin."""

    mel: np.ndarray
    """uint8 (steps, n_mels): log-mel in units of `mel_step_db` above `range_db` below the loudest cell."""
    pitch: np.ndarray
    """float32 (steps,): semitones from the clip's median pitch; NaN where unvoiced."""
    floor_db: float
    """The zero of `mel` in dB re full scale; shows loudness for recordings with the same setup."""

    def __len__(self) -> int:
        return len(self.mel)


def read_voice(path: Path, spec: SungSpec) -> Voice:
    """Decodes a file and extracts its features. Raises MoodError: see `ml.audio.decoding.decode`."""
    return voice_of(np.concatenate(list(decode(path, DecodingInfo()))), spec)


def voice_of(samples: np.ndarray, spec: SungSpec) -> Voice:
    """Features of mono float32 samples at `spec.sample_rate`, full scale 1.0.

    Pitch by YIN (de Cheveigné and Kawahara, "YIN, a fundamental frequency estimator", 2002).
    """
    power = librosa.feature.melspectrogram(
        y=samples,
        sr=spec.sample_rate,
        n_fft=spec.n_fft,
        hop_length=spec.hop_length,
        n_mels=spec.n_mels,
        fmax=spec.mel_fmax_hz,
    ).T
    mel_db = 10.0 * np.log10(np.maximum(power, 1e-10))
    levelled = np.clip(mel_db - mel_db.max() + spec.range_db, 0.0, spec.range_db)
    level_db = 10.0 * np.log10(np.maximum(power.sum(axis=1), 1e-10))
    sounding = level_db > level_db.max() - spec.silence_db
    edges = np.flatnonzero(sounding)[[0, -1]]
    part = slice(max(0, edges[0] - spec.margin_steps), edges[1] + spec.margin_steps + 1)
    mel = np.round(levelled / spec.mel_step_db).astype(np.uint8)
    floor_db = float(mel_db.max()) - spec.range_db
    return Voice(mel[part], _pitch(samples, sounding, spec)[part], floor_db)


def _pitch(samples: np.ndarray, sounding: np.ndarray, spec: SungSpec) -> np.ndarray:
    hz = librosa.yin(
        samples,
        fmin=spec.pitch_fmin_hz,
        fmax=spec.pitch_fmax_hz,
        sr=spec.sample_rate,
        frame_length=spec.pitch_fft,
        hop_length=spec.hop_length,
    )[: len(sounding)]
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(hz, MEDIAN_STEPS // 2, mode="edge"), MEDIAN_STEPS)
    semitones = 12.0 * np.log2(np.median(windows, axis=1))
    voiced = sounding & (hz > 1.05 * spec.pitch_fmin_hz) & (hz < 0.95 * spec.pitch_fmax_hz)
    if not voiced.any():
        return np.full(len(sounding), np.nan, np.float32)
    return np.where(voiced, semitones - np.median(semitones[voiced]), np.nan).astype(np.float32)


def pitch_image(pitch: np.ndarray, spec: SungSpec) -> np.ndarray:
    """The pitch contour as an image: (..., steps) semitones to float32 (..., steps, pitch_bins).

    Each voiced step is split over the two nearest bins, 1 in total; unvoiced steps are 0.
    """
    bins = np.linspace(-spec.pitch_reach, spec.pitch_reach, spec.pitch_bins, dtype=np.float32)
    width = bins[1] - bins[0]
    distance = np.abs(np.nan_to_num(pitch, nan=1e3)[..., None] - bins) / width
    return np.maximum(0.0, 1.0 - distance).astype(np.float32)
