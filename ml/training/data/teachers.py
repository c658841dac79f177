"""Outputs of larger networks (teachers) on the clips, resampled to one row a second.

A teacher is a file of frames in the order of the collection's clips. Networks learn to predict them in addition to the
labels (knowledge distillation, Hinton, Vinyals, Dean 2015); they are not needed afterwards. Two teachers are used:

- mn04 (EfficientAT, Schmid, Koutini, Widmer 2023; AudioSet): 96 components of its last channels, and 128 of its hidden
  layer, which reads about ten seconds;
- MusiCNN (Pons, Serra 2019; Million Song Dataset): 50 listeners' tags, and 96 components of its hidden units.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

TAG_MIDDLE, TAG_WEIGHT = -4.7, 0.1
"""Scale the fifty tag logits to about zero mean and a total variance of 1. Constants, so held-out clips do not leak."""


@dataclass(frozen=True)
class TeacherPart:
    """One kind of output of one teacher: its file's prefix, and its width in the teacher rows."""

    name: str
    file: str
    width: int


PARTS = (
    TeacherPart("mn04_frames", "mn04", 96),
    TeacherPart("mn04_hidden", "mn04", 128),
    TeacherPart("musicnn_tags", "musicnn", 50),
    TeacherPart("musicnn_hidden", "musicnn", 96),
)
"""In the order of the teacher rows; each has a total variance of about 1."""
TEACHERS = ("mn04", "musicnn")
CLIP_WIDTH = {"mn04": 1344, "musicnn": 1506}
"""Each teacher's description of a whole clip: standardised means of several of its layers."""
WIDTH = sum(part.width for part in PARTS)


@dataclass(frozen=True)
class TeacherFrames:
    """Outputs of one teacher for one collection; times in seconds."""

    values: np.ndarray
    """float32 (all frames, outputs), scaled to a total variance of about 1."""
    first: np.ndarray
    """Index of each clip's first frame; one more entry than clips."""
    every_s: float
    sees_s: float

    def by_second(self, clip: int, seconds: int) -> np.ndarray:
        """Rows for the seconds 0..seconds-1 of a clip, interpolated between the middles of its frames."""
        frames = self.values[self.first[clip] : self.first[clip + 1]]
        middles = np.arange(len(frames)) * self.every_s + self.sees_s / 2
        at = np.clip((np.arange(seconds) + 0.5 - middles[0]) / self.every_s, 0, len(frames) - 1)
        low = np.floor(at).astype(int)
        high = np.minimum(low + 1, len(frames) - 1)
        part = (at - low)[:, None].astype(np.float32)
        return frames[low] * (1 - part) + frames[high] * part


@dataclass(frozen=True)
class Teacher:
    """All outputs of one teacher for one collection."""

    parts: tuple[TeacherFrames, ...]
    clips: np.ndarray
    """float32 (clips, CLIP_WIDTH), standardised."""

    def by_second(self, clip: int, seconds: int) -> np.ndarray:
        """float32 (seconds, outputs of all parts)."""
        return np.concatenate([part.by_second(clip, seconds) for part in self.parts], axis=1)


def read_teachers(folder: Path, collection: str) -> dict[str, Teacher]:
    """The available teachers for a collection, by name."""
    teachers = {}
    if (folder / f"mn04-{collection}.npz").is_file():
        with np.load(folder / f"mn04-{collection}.npz") as stored:
            frames = stored["embedding"] / 24.0 * _natural(stored["variance"])
            hidden = stored["hidden"] / 24.0 * _natural(stored["hidden_variance"])
            parts = [_frames(frames, stored["frames"], 0.96, 0.96), _frames(hidden, stored["windows"], 10.0, 10.0)]
            teachers["mn04"] = Teacher(tuple(parts), stored["clip"].astype(np.float32) / 24)
    if (folder / f"musicnn-{collection}.npz").is_file():
        with np.load(folder / f"musicnn-{collection}.npz") as stored:
            tags = (stored["tag_logits"] / 10.0 - TAG_MIDDLE) * TAG_WEIGHT
            hidden = stored["hidden"] / 24.0 * _natural(stored["variance"])
            parts = [_frames(values, stored["frames"], 0.992, 2.992) for values in (tags, hidden)]
            teachers["musicnn"] = Teacher(tuple(parts), stored["pooled"].astype(np.float32) / 24)
    return teachers


def _natural(variance: np.ndarray) -> np.ndarray:
    """Weights of components of unit variance that restore their share of a total variance of 1."""
    weights: np.ndarray = np.sqrt(variance / variance.sum())
    return weights


def _frames(values: np.ndarray, counts: np.ndarray, every_s: float, sees_s: float) -> TeacherFrames:
    first = np.concatenate(([0], np.cumsum(counts.astype(np.int64))))
    return TeacherFrames(values.astype(np.float32), first, every_s, sees_s)
