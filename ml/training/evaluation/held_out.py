"""Scores of a network on held-out clips: the only source of published metrics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from ml.audio.segments import frame_window, segments_of, step_window
from ml.models.scalers import FeatureScaler, SpectrogramScaler
from ml.training.data.packing import Pack


@dataclass(frozen=True)
class HeldOutScores:
    """Segment scores of some clips. `clips` are indices of the pack, one for each segment."""

    clips: np.ndarray
    scores: np.ndarray
    """float32 (segments, 36)."""

    def save(self, path: Path) -> None:
        np.savez_compressed(path, clips=self.clips, scores=self.scores)

    @classmethod
    def load(cls, *paths: Path) -> HeldOutScores:
        parts = [np.load(path) for path in paths]
        return cls(np.concatenate([p["clips"] for p in parts]), np.concatenate([p["scores"] for p in parts]))

    def song_scores(self, clip: int) -> np.ndarray:
        """Mean over the clip's segments, float32 (20,)."""
        return self.scores[self.clips == clip].mean(axis=0)


def predict_held_out(
    pack: Pack,
    clips: np.ndarray,
    network: keras.Model,
    scaler: FeatureScaler | SpectrogramScaler,
    views: Sequence[int] = (),
) -> HeldOutScores:
    """Scores of all segments of `clips`. `views`: how many frames the parts of a 1D network's input have."""
    rows, inputs = segment_inputs(pack, clips, scaler, views)
    scores = network.predict(inputs, batch_size=64, verbose=0)["scores"]
    return HeldOutScores(rows, np.asarray(scores, np.float32))


def segment_inputs(
    pack: Pack, clips: np.ndarray, scaler: FeatureScaler | SpectrogramScaler, views: Sequence[int] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """The network inputs for all segments of `clips`, cut as in analysis.

    Returns the clip of each (segments,) and the inputs (segments, ...).
    """
    rows, inputs = [], []
    for clip in clips:
        segments = segments_of(pack.duration_s(clip), pack.spec)
        rows += [clip] * len(segments)
        if isinstance(scaler, FeatureScaler):
            frames = pack.frames_of(clip)
            windows = [frames[frame_window(segment, len(frames), pack.spec, views)] for segment in segments]
            inputs.append(scaler(np.stack(windows)))
        else:
            mel = pack.mel_of(clip)
            windows = [mel[step_window(segment, len(mel), pack.spec)] for segment in segments]
            inputs.append(scaler(np.stack(windows), pack.spec))
    return np.array(rows), np.concatenate(inputs)
