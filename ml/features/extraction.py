"""From a song's samples to what the networks hear: 57 features a frame, and the log-mel spectrogram."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from ml.features.filterbanks import mfcc_weights
from ml.features.key_detection import keys_and_modes
from ml.features.names import FEATURES, KEY, MODE, NAMES, TEMPO
from ml.features.stft import Steps, mel_of, steps_of
from ml.features.tempo import onset_strength, tempi
from ml.spec import AudioSpec

DYNAMIC_RANGE_DB = 80.0
"""Within a frame nothing counts that is this far below its loudest band: librosa's top_db."""


@dataclass(frozen=True)
class SongFeatures:
    """A song as the networks hear it."""

    frames: np.ndarray
    """float32 (frames, 57): one every `frame_hop_s` seconds, frame i covers i..i + frame_s seconds."""
    mel: np.ndarray
    """uint8 (steps, n_mels): log-mel in units of `mel_step_db` above `mel_floor_db`; 32 steps a second."""
    duration_s: float
    rms: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    """float32 (steps,): root mean square of each step, full scale 1.0. Training keeps none: no network reads it."""

    def medians(self) -> dict[str, float]:
        """Song-level features: the median over frames; for key and mode, the most frequent pair."""
        middle = np.median(self.frames, axis=0)
        pairs, counts = np.unique(self.frames[:, [KEY, MODE]], axis=0, return_counts=True)
        middle[[KEY, MODE]] = pairs[np.argmax(counts)]
        return {name: float(value) for name, value in zip(NAMES, middle, strict=True)}


def extract(blocks: Iterable[np.ndarray], spec: AudioSpec) -> SongFeatures:
    """Features of mono float32 `blocks` at `spec.sample_rate`, at least `frame_s` seconds of them in all.

    A song a little short of one frame is treated as if it went on with its last step.
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
        pending = steps if pending is None else Steps.joined([pending, steps])
        complete = max(0, (len(pending) - spec.frame_steps) // spec.frame_hop_steps + 1)
        if complete:
            frames.append(_frame_statistics(pending, complete, spec))
            pending = pending[complete * spec.frame_hop_steps :]
    if pending is None:
        raise ValueError("no samples")
    if not frames:
        missing = spec.frame_steps - len(pending)
        frames.append(_frame_statistics(Steps.joined([pending, *[pending[-1:]] * missing]), 1, spec))
    table = np.concatenate(frames)
    _add_long_views(table, np.concatenate(chroma), np.concatenate(onsets), spec)
    bands = np.concatenate(mel)
    return SongFeatures(table, bands, (len(bands) - 1) / spec.steps_per_s, np.concatenate(rms))


def log_mel(blocks: Iterable[np.ndarray], spec: AudioSpec) -> np.ndarray:
    """The spectrogram of `extract` alone: uint8 (steps, n_mels). ValueError where there are no samples."""
    parts = [quantise(mel_db, spec) for mel_db in mel_of(blocks, spec)]
    if not parts:
        raise ValueError("no samples")
    return np.concatenate(parts)


def quantise(mel_db: np.ndarray, spec: AudioSpec) -> np.ndarray:
    """dB to bytes; the error is at most a quarter of a dB."""
    return np.clip(np.round((mel_db - spec.mel_floor_db) / spec.mel_step_db), 0, 255).astype(np.uint8)


def to_decibels(mel: np.ndarray, spec: AudioSpec) -> np.ndarray:
    """Bytes back to dB, float32."""
    return mel.astype(np.float32) * np.float32(spec.mel_step_db) + np.float32(spec.mel_floor_db)


def _frame_statistics(steps: Steps, count: int, spec: AudioSpec) -> np.ndarray:
    """The first `count` frames of `steps`, shape (count, 57); key, mode and tempo are left at zero."""

    def framed(series: np.ndarray) -> np.ndarray:
        """(count, frame_steps, bins) of a series."""
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


def _add_long_views(frames: np.ndarray, chroma: np.ndarray, onsets: np.ndarray, spec: AudioSpec) -> None:
    """Key, mode and tempo of each frame, from the longer stretch around its middle."""
    middles = np.arange(len(frames)) * spec.frame_hop_steps + spec.frame_steps // 2
    reach = spec.key_stretch_s * spec.steps_per_s // 2
    starts, stops = np.maximum(middles - reach, 0), np.minimum(middles + reach, len(chroma))
    frames[:, KEY], frames[:, MODE] = keys_and_modes(chroma, np.minimum(starts, stops - 1), stops)
    frames[:, TEMPO] = tempi(onsets, middles, spec)
