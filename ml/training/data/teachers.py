"""Outputs of larger networks (teachers) on the clips, resampled to one row a second.

A teacher is a file of frames in the order of labels.csv. Networks learn to predict them in addition to the labels
(knowledge distillation); they are not needed afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

TAG_MIDDLE, TAG_WEIGHT = -4.7, 0.1
"""Scale the fifty tag logits to about zero mean and a total variance of 1. Constants, so held-out clips do not leak."""


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


def read_teachers(folder: Path, collection: str) -> list[TeacherFrames]:
    """The available teachers for a collection; empty if there are none."""
    teachers = []
    general, music = folder / f"{collection}.npz", folder / f"musicnn-{collection}.npz"
    if general.is_file():
        with np.load(general) as stored:
            weight = np.sqrt(stored["variance"] / stored["variance"].sum())
            teachers.append(_frames(stored["embedding"] / 16.0 * weight, stored["frames"], 0.48, 0.975))
    if music.is_file():
        with np.load(music) as stored:
            logits = (stored["tag_logits"] / 10.0 - TAG_MIDDLE) * TAG_WEIGHT
            weight = np.sqrt(stored["variance"] / stored["variance"].sum())
            hidden = stored["hidden"] / 24.0 * weight
            teachers.append(_frames(np.concatenate((logits, hidden), axis=1), stored["frames"], 0.992, 2.992))
    return teachers


def _frames(values: np.ndarray, counts: np.ndarray, every_s: float, sees_s: float) -> TeacherFrames:
    first = np.concatenate(([0], np.cumsum(counts)))
    return TeacherFrames(values.astype(np.float32), first, every_s, sees_s)
