"""What was heard in clips that the hearers were not trained on, by whom: the one place where views are made."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ml.models.card import NETWORKS
from ml.models.combination import Combination
from ml.models.score_vector import as_scores
from ml.training.data.clips import Clip
from ml.training.data.packing import Pack
from ml.training.evaluation.held_out import HeldOut
from ml.training.product.fusion import cross_fitted, fitted, targets_of

FOLDS = 5
PLAIN_SVM = "plain_svm"
"""The view of the plain method, where ml.training.baseline was run."""


@dataclass(frozen=True)
class Heard:
    """Song score vectors (clips, 20) of every clip, out of fold, by view."""

    pack: Pack
    vectors: dict[str, np.ndarray]
    combination: Combination
    """How the networks are combined when they serve: fitted on all folds. In `vectors` each fold is combined as the
    other folds say."""

    @classmethod
    def read(
        cls, pack: Pack, runs: Path, baseline: Path | None = None, combination: Combination | None = None
    ) -> Heard:
        """Held-out scores as training left them in `runs`, and the plain method's where `baseline` is a file.

        Without `combination` the best one is fitted, across folds.
        """
        vectors = {}
        for network in NETWORKS:
            held = HeldOut.load(*(runs / f"{network}-{fold}" / "heldout.npz" for fold in range(FOLDS)))
            vectors[network] = _songs(held, len(pack.clips))
        if combination:
            vectors["both"] = combination(*(vectors[network] for network in NETWORKS))
        else:
            known = (vectors["cnn1d"], vectors["cnn2d"], targets_of(pack.clips))
            vectors["both"] = cross_fitted(*known, np.array([clip.fold for clip in pack.clips]))
            combination = fitted(*known)
        if baseline and baseline.is_file():
            vectors[PLAIN_SVM] = _songs(HeldOut.load(baseline), len(pack.clips))
        return cls(pack, vectors, combination)

    @property
    def clips(self) -> list[Clip]:
        return self.pack.clips

    def rows(self, collection: str) -> np.ndarray:
        """Indices of a collection's clips."""
        return np.array([i for i, clip in enumerate(self.clips) if clip.collection == collection])

    def folds(self, rows: np.ndarray) -> np.ndarray:
        return np.array([self.clips[i].fold for i in rows])

    def artists(self, rows: np.ndarray) -> np.ndarray:
        return np.array([self.clips[i].artist for i in rows])

    def scores(self, view: str) -> list[dict[str, Any]]:
        return [as_scores(vector) for vector in self.vectors[view]]


def _songs(held: HeldOut, count: int) -> np.ndarray:
    """(count, 20), means over segments. A clip without any is an error of whoever wrote the file: ValueError."""
    missing = count - len(Counter(held.clips.tolist()))
    if missing:
        raise ValueError(f"{missing} of {count} clips have no held-out scores: they were made from another pack.")
    return np.stack([held.song_scores(clip) for clip in range(count)])
