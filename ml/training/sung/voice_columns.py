"""Network inputs: columns of 128 ms, and augmented copies of phrases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.fft import dct

from ml.training.sung.voice import Voice, pitch_image
from ml.training.sung.voice_augmentation import VoiceAugmentationRanges, equalised_with_noise, shifted_and_stretched
from ml.training.sung.voice_spec import SungSpec

PHRASES_PER_BATCH = 64
"""Bounds memory."""


def columns_of(mel_db: np.ndarray, pitch: np.ndarray, floor_db: np.ndarray, spec: SungSpec) -> np.ndarray:
    """Crops of log-mel, dB above `floor_db` (batch,), and of pitch, as columns.

    `mel_db`: (batch, crop_steps, n_mels); `pitch`: (batch, crop_steps), as `Voice` has them.

    Returns float32 (batch, columns, width).

    The parts of a column, named as in `spec.rows`: mel and mfcc, means in dB; move and bend, mean absolute first and
    second differences of MFCCs in dB; tune, the pitch image; sung, mean pitch change in semitones and the share of
    voiced steps; level, of all bands, in dB re full scale.
    """
    mfcc = dct(mel_db, norm="ortho", axis=2)[:, :, : spec.n_mfcc]
    move = np.abs(np.gradient(mfcc, axis=1))
    bend = np.abs(np.diff(mfcc, 2, axis=1, prepend=mfcc[:, :1], append=mfcc[:, -1:]))
    glide = np.diff(pitch, axis=1, prepend=pitch[:, :1])
    glide = np.minimum(np.abs(np.nan_to_num(glide, nan=0.0)), 2.0)
    sung = np.stack((glide, np.isfinite(pitch)), axis=2)
    level = 10.0 * np.log10(np.sum(10.0 ** (mel_db / 10.0), axis=2, keepdims=True)) + floor_db[:, None, None]
    steps = np.concatenate((mel_db, mfcc, move, bend, pitch_image(pitch, spec), sung, level), axis=2)
    return steps.reshape(len(steps), spec.columns, spec.pool_steps, spec.width).mean(axis=2).astype(np.float32)


def unchanged_columns(voices: Sequence[Voice], spec: SungSpec) -> np.ndarray:
    """The middle of each phrase, padded with silence, (phrases, columns, width)."""
    parts = []
    for mel, pitch, floor_db, lengths in _padded(voices, spec):
        starts = np.round((lengths - spec.crop_steps) / 2)
        bands, line = shifted_and_stretched(mel, pitch, starts, np.ones(len(mel)), np.zeros(len(mel)), spec)
        parts.append(columns_of(bands, line, floor_db, spec))
    return np.concatenate(parts)


def augmented_columns(
    voices: Sequence[Voice], ranges: VoiceAugmentationRanges, random: np.random.Generator, spec: SungSpec
) -> np.ndarray:
    """Augmented crops of phrases, (phrases, columns, width)."""
    parts = []
    for mel, pitch, floor_db, lengths in _padded(voices, spec):
        size = len(mel)
        rates = 1 + random.uniform(-ranges.stretch, ranges.stretch, size)
        shifts = random.uniform(-ranges.shift_semitones, ranges.shift_semitones, size)
        starts = random.uniform(0, 1, size) * (lengths - rates * spec.crop_steps)
        bands, line = shifted_and_stretched(mel, pitch, starts, rates, shifts, spec)
        line += random.normal(0, ranges.tuning_semitones, (size, 1)).astype(np.float32)
        gain_db = random.normal(0, ranges.gain_db, size)
        parts.append(columns_of(equalised_with_noise(bands, ranges, random), line, floor_db + gain_db, spec))
    return np.concatenate(parts)


def variants(voices: Sequence[Voice], ranges: VoiceAugmentationRanges, copies: int, spec: SungSpec) -> np.ndarray:
    """Each phrase and `copies` augmented ones: float16 (1 + copies, phrases, columns, width).

    Made once for all epochs, because augmentation takes longer than training.
    """
    random = np.random.default_rng(0)
    copies_of = [
        unchanged_columns(voices, spec),
        *(augmented_columns(voices, ranges, random, spec) for _ in range(copies)),
    ]
    return np.stack([one.astype(np.float16) for one in copies_of])


def _padded(voices: Sequence[Voice], spec: SungSpec) -> Iterator[tuple[np.ndarray, ...]]:
    """Batches of phrases: mel in dB above the floor (some, steps, n_mels), pitch (some, steps), floors, lengths."""
    for start in range(0, len(voices), PHRASES_PER_BATCH):
        some = voices[start : start + PHRASES_PER_BATCH]
        lengths = np.array([len(voice) for voice in some])
        mel = np.zeros((len(some), lengths.max(), spec.n_mels), np.float32)
        pitch = np.full((len(some), lengths.max()), np.nan, np.float32)
        for row, voice in enumerate(some):
            mel[row, : len(voice)] = voice.mel * np.float32(spec.mel_step_db)
            pitch[row, : len(voice)] = voice.pitch
        yield mel, pitch, np.array([voice.floor_db for voice in some]), lengths
