"""The songs that one person judged, as arrays, and how they are split for cross-validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ml.calibration import MAX_SHARE, MIN_SHARE
from ml.moods.recalibration import readout_inputs
from ml.moods.vocabulary import MOOD_NAMES
from ml.personal.judged_song import JudgedSong

FOLDS = 10


@dataclass(frozen=True)
class Judgements:
    songs: Sequence[JudgedSong]

    def __len__(self) -> int:
        return len(self.songs)

    @cached_property
    def chances(self) -> np.ndarray:
        """The chances of the model, float (songs, 16)."""
        return np.array([[song.scores["moods"][term] for term in MOOD_NAMES] for song in self.songs], np.float64)

    @cached_property
    def stated(self) -> np.ndarray:
        """What the person states, float (songs, 16), 0 or 1."""
        return np.array([[float(term in song.stated) for term in MOOD_NAMES] for song in self.songs])

    @cached_property
    def inputs(self) -> np.ndarray:
        """The inputs of a readout, float (songs, 72); see `ml.moods.recalibration.readout_inputs`."""
        return np.array([readout_inputs(song.models) for song in self.songs], np.float64)

    @cached_property
    def is_grouped(self) -> bool:
        """Whether there are enough groups to split by them; else songs are split one by one."""
        return len({song.group for song in self.songs}) >= FOLDS

    @cached_property
    def folds(self) -> np.ndarray:
        """The fold of each song, int (songs,), 0 to FOLDS - 1, of about equal size; always the same ones."""
        names = [song.group if self.is_grouped else str(number) for number, song in enumerate(self.songs)]
        groups, sizes = np.unique(names, return_counts=True)
        order = np.random.default_rng(0).permutation(len(groups))
        order = order[np.argsort(-sizes[order], kind="stable")]
        filled, fold_of = np.zeros(FOLDS, int), {}
        for group in order:
            fold = int(filled.argmin())
            fold_of[groups[group]] = fold
            filled[fold] += sizes[group]
        return np.array([fold_of[name] for name in names])


def logits(chances: np.ndarray) -> np.ndarray:
    clipped = np.clip(chances, MIN_SHARE, MAX_SHARE)
    result: np.ndarray = np.log(clipped / (1 - clipped))
    return result


def sigmoid(values: np.ndarray) -> np.ndarray:
    result: np.ndarray = 0.5 * (1 + np.tanh(values / 2))
    return result
