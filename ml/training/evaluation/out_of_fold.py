"""Out-of-fold scores of all clips, for each network, both combined, and the baseline."""

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
from ml.training.evaluation.held_out import HeldOutScores
from ml.training.product.fusion import cross_fitted_combination, fit_combination, target_vectors

FOLDS = 5
SVM_BASELINE = "plain_svm"
"""The view of the baseline, present if ml.training.baseline was run."""


@dataclass(frozen=True)
class OutOfFoldScores:
    """Out-of-fold score vectors (clips, 36) of all clips, by view."""

    pack: Pack
    vectors: dict[str, np.ndarray]
    combination: Combination
    """The combination for serving, fitted on all folds. In `vectors` each fold is combined by a fit on the others."""

    @classmethod
    def read(
        cls, pack: Pack, runs: Path, baseline: Path | None = None, combination: Combination | None = None
    ) -> OutOfFoldScores:
        """Reads the held-out scores in `runs`, and those of the baseline if `baseline` is a file.

        Without `combination`, the best one is cross-fitted over folds. Raises FileNotFoundError.
        """
        vectors = {}
        for network in NETWORKS:
            held_out = HeldOutScores.load(*(runs / f"{network}-{fold}" / "heldout.npz" for fold in range(FOLDS)))
            vectors[network] = _songs(held_out, len(pack.clips))
        if combination:
            vectors["both"] = combination(*(vectors[network] for network in NETWORKS))
        else:
            fit_data = (vectors["cnn1d"], vectors["cnn2d"], target_vectors(pack.clips))
            vectors["both"] = cross_fitted_combination(*fit_data, np.array([clip.fold for clip in pack.clips]))
            combination = fit_combination(*fit_data)
        if baseline and baseline.is_file():
            vectors[SVM_BASELINE] = _songs(HeldOutScores.load(baseline), len(pack.clips))
        return cls(pack, vectors, combination)

    @property
    def clips(self) -> list[Clip]:
        return self.pack.clips

    def rows(self, collection: str) -> np.ndarray:
        """Indices of the clips of a collection."""
        return np.array([i for i, clip in enumerate(self.clips) if clip.collection == collection])

    def folds(self, rows: np.ndarray) -> np.ndarray:
        return np.array([self.clips[i].fold for i in rows])

    def artists(self, rows: np.ndarray) -> np.ndarray:
        return np.array([self.clips[i].artist for i in rows])

    def scores(self, view: str) -> list[dict[str, Any]]:
        return [as_scores(vector) for vector in self.vectors[view]]


def _songs(held_out: HeldOutScores, count: int) -> np.ndarray:
    """(count, 36), means over segments. Raises ValueError where a clip has no scores."""
    missing = count - len(Counter(held_out.clips.tolist()))
    if missing:
        raise ValueError(f"{missing} of {count} clips have no held-out scores. The scores were made from another pack.")
    return np.stack([held_out.song_scores(clip) for clip in range(count)])
