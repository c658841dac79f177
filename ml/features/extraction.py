"""Feature extraction: from a song's samples to 57 features per frame and the log-mel spectrogram."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from ml.features.filterbanks import mfcc_weights
from ml.features.key_detection import keys_and_modes
from ml.features.names import FEATURES, KEY, MODE, NAMES, TEMPO
from ml.features.stft import Steps, mel_and_rms_of, steps_of
from ml.features.tempo import onset_strength, tempi
from ml.spec import AudioSpec

DYNAMIC_RANGE_DB = 80.0
"""Dynamic range within a frame: lower values are raised to the maximum minus this, as librosa's `top_db` does."""


@dataclass(frozen=True)
class SongFeatures:
    """The networks' inputs for one song."""

    frames: np.ndarray
    """float32 (frames, 57): one every `frame_hop_s` seconds; frame i covers i to i + `frame_s` seconds."""
    mel: np.ndarray
    """uint8 (steps, n_mels): log-mel in units of `mel_step_db` above `mel_floor_db`; 32 steps per second."""
    duration_s: float
    rms: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    """float32 (steps,): RMS of each step, full scale 1.0. Training does not store it, because no network reads it."""

    def amplified(self, gain_db: float) -> SongFeatures:
        """The features of the same song with a gain; only the level features of `frames` depend on it.

        `mel` and `rms` stay as they are: the 2D network's scaler subtracts the level of each segment.
        """
        if gain_db == 0:
            return self
        frames, factor = self.frames.copy(), 10 ** (gain_db / 20)
        frames[:, NAMES.index("rms_mean")] *= factor
        frames[:, NAMES.index("rms_var")] *= factor**2
        frames[:, NAMES.index("mel_mean")] += gain_db
        frames[:, NAMES.index("mfcc1_mean")] += gain_db * math.sqrt(self.mel.shape[1])  # row 0 of an orthonormal DCT
        return replace(self, frames=frames)

    def medians(self, indices: np.ndarray | None = None) -> dict[str, float]:
        """Song-level features by name: medians over frames; for key and mode, the most frequent pair.

        `indices` are those of the frames to use, int (n,); None for all.
        """
        frames = self.frames if indices is None else self.frames[indices]
        median = np.median(frames, axis=0)
        pairs, counts = np.unique(frames[:, [KEY, MODE]], axis=0, return_counts=True)
        median[[KEY, MODE]] = pairs[np.argmax(counts)]
        return {name: float(value) for name, value in zip(NAMES, median, strict=True)}


def extract(blocks: Iterable[np.ndarray], spec: AudioSpec) -> SongFeatures:
    """The features of mono float32 `blocks` of any length at `spec.sample_rate`, in bounded memory per block.

    A song shorter than one frame is padded with its last step. Raises ValueError if there are no samples.
    """
    pending: Steps | None = None
    last_mel: np.ndarray | None = None
    mel, rms, chroma, onsets, frames = [], [], [], [], []
    for steps in steps_of(blocks, spec):
        mel.append(quantise(steps.mel_db, spec))
        rms.append(steps.rms)
        chroma.append(steps.chroma)
        onsets.append(onset_strength(steps.mel_db, last_mel))
        last_mel = steps.mel_db[-1]
        pending = steps if pending is None else Steps.concatenate([pending, steps])
        complete = max(0, (len(pending) - spec.frame_steps) // spec.frame_hop_steps + 1)
        if complete:
            frames.append(_frame_statistics(pending, complete, spec))
            pending = pending[complete * spec.frame_hop_steps :]
    if pending is None:
        raise ValueError("There are no samples to extract features from.")
    if not frames:
        missing = spec.frame_steps - len(pending)
        frames.append(_frame_statistics(Steps.concatenate([pending, *[pending[-1:]] * missing]), 1, spec))
    table = np.concatenate(frames)
    _add_context_features(table, np.concatenate(chroma), np.concatenate(onsets), spec)
    bands = np.concatenate(mel)
    return SongFeatures(table, bands, (len(bands) - 1) / spec.steps_per_s, np.concatenate(rms))


def log_mel(blocks: Iterable[np.ndarray], spec: AudioSpec) -> tuple[np.ndarray, np.ndarray]:
    """Only `mel` and `rms` of `extract`: uint8 (steps, n_mels) and float32 (steps,).

    Raises ValueError if there are no samples.
    """
    parts = [(quantise(mel_db, spec), rms) for mel_db, rms in mel_and_rms_of(blocks, spec)]
    if not parts:
        raise ValueError("There are no samples to extract features from.")
    return np.concatenate([mel for mel, _ in parts]), np.concatenate([rms for _, rms in parts])


def quantise(mel_db: np.ndarray, spec: AudioSpec) -> np.ndarray:
    """Log-mel in dB to bytes, uint8; the quantisation error is at most 0.25 dB."""
    return np.clip(np.round((mel_db - spec.mel_floor_db) / spec.mel_step_db), 0, 255).astype(np.uint8)


def to_decibels(mel: np.ndarray, spec: AudioSpec) -> np.ndarray:
    """Bytes from `quantise` back to dB, float32."""
    return mel.astype(np.float32) * np.float32(spec.mel_step_db) + np.float32(spec.mel_floor_db)


def _frame_statistics(steps: Steps, count: int, spec: AudioSpec) -> np.ndarray:
    """The first `count` frames of `steps`, float32 (count, 57); key, mode and tempo are left at 0."""

    def framed(series: np.ndarray) -> np.ndarray:
        """A series as (count, frame_steps, bins)."""
        table = series.reshape(len(series), -1)
        view = np.lib.stride_tricks.sliding_window_view(table, spec.frame_steps, axis=0)
        return view[:: spec.frame_hop_steps][:count].swapaxes(1, 2)

    mel_db = framed(steps.mel_db)
    mel_db = np.maximum(mel_db, mel_db.max(axis=(1, 2), keepdims=True) - DYNAMIC_RANGE_DB)
    mfcc = mel_db @ mfcc_weights(spec).T
    series = [
        framed(steps.rms),
        framed(steps.chroma),
        framed(steps.spectral_centroid),
        framed(steps.spectral_rolloff),
        framed(steps.zero_crossing_rate),
        framed(steps.tonnetz),
        mel_db,
        *(mfcc[:, :, n : n + 1] for n in range(spec.n_mfcc)),
    ]
    out = np.zeros((count, len(FEATURES)), dtype=np.float32)
    for column, values in enumerate(series):
        out[:, 3 + 2 * column] = values.mean(axis=(1, 2), dtype=np.float64)
        out[:, 4 + 2 * column] = values.var(axis=(1, 2), dtype=np.float64)
    return out


def _add_context_features(frames: np.ndarray, chroma: np.ndarray, onsets: np.ndarray, spec: AudioSpec) -> None:
    """Writes key, mode and tempo of each frame, from the context around its middle, into `frames`."""
    middles = np.arange(len(frames)) * spec.frame_hop_steps + spec.frame_steps // 2
    reach = spec.key_stretch_s * spec.steps_per_s // 2
    starts, stops = np.maximum(middles - reach, 0), np.minimum(middles + reach, len(chroma))
    frames[:, KEY], frames[:, MODE] = keys_and_modes(chroma, np.minimum(starts, stops - 1), stops)
    frames[:, TEMPO] = tempi(onsets, middles, spec)
