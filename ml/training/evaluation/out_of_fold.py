"""Out-of-fold scores and names of all clips, for each network, both combined, and the baseline.

Nothing here was fitted on the fold that it describes: the networks, their combination, the readout of the moods, the
rule of the name and the confidences are fitted on the other four folds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ml.calibration import Calibration, Reference
from ml.models.card import NETWORKS
from ml.models.combination import Combination
from ml.models.mood_readout import MoodReadout
from ml.models.score_vector import HEAD, as_scores
from ml.moods import Composite, flat
from ml.moods.naming import NameRules, Naming
from ml.training.data.clips import Clip
from ml.training.data.packing import Pack
from ml.training.evaluation.held_out import HeldOutScores
from ml.training.product.confidence_calibration import SideEvidence, fit_calibration
from ml.training.product.fusion import cross_fitted_combination, fit_combination, target_vectors
from ml.training.product.mood_readout_fitting import cross_fitted_moods, fit_mood_readout
from ml.training.product.name_fitting import TermLabels, fit_naming, sides_of

FOLDS = 5
SVM_BASELINE = "plain_svm"
"""The view of the baseline, present if ml.training.baseline was run."""


@dataclass(frozen=True)
class OutOfFoldScores:
    """Out-of-fold score vectors (clips, 36) of all clips, by view."""

    pack: Pack
    vectors: dict[str, np.ndarray]
    combination: Combination
    """The combination for serving, fitted on all folds, with its readout of the moods."""
    readouts: dict[str, MoodReadout] = field(default_factory=dict)
    """The readout of each view for serving, fitted on all folds."""

    @classmethod
    def read(
        cls, pack: Pack, runs: Path, baseline: Path | None = None, combination: Combination | None = None
    ) -> OutOfFoldScores:
        """Reads the held-out scores in `runs`, and those of the baseline if `baseline` is a file.

        Without `combination`, the best one is cross-fitted over folds, and so are the readouts of the moods; with it
        there are no readouts. Raises FileNotFoundError.
        """
        clips = [pack.clips[i] for i in pack.measured]
        raw = {}
        for network in NETWORKS:
            held_out = HeldOutScores.load(*(runs / f"{network}-{fold}" / "heldout.npz" for fold in range(FOLDS)))
            raw[network] = _songs(held_out, len(clips))
        vectors, readouts = dict(raw), {}
        if combination:
            vectors["both"] = combination(*(raw[network] for network in NETWORKS))
        else:
            folds = np.array([clip.fold for clip in clips])
            fit_data = (raw["cnn1d"], raw["cnn2d"], target_vectors(clips))
            vectors["both"] = cross_fitted_combination(*fit_data, folds)
            combination = fit_combination(*fit_data)
            for view, sources in {"both": NETWORKS, "cnn1d": ("cnn1d",), "cnn2d": ("cnn2d",)}.items():
                inputs = [raw[network] for network in sources]
                vectors[view] = _with_moods(vectors[view], cross_fitted_moods(inputs, clips, folds))
                readouts[view] = fit_mood_readout(inputs, clips)
            combination = replace(combination, readout=readouts["both"])
        if baseline and baseline.is_file():
            vectors[SVM_BASELINE] = _songs(HeldOutScores.load(baseline), len(clips))
        return cls(pack, vectors, combination, readouts)

    @cached_property
    def clips(self) -> list[Clip]:
        """The labelled clips, the first of the pack; augmented copies and unlabelled clips are only for training."""
        return [self.pack.clips[i] for i in self.pack.measured]

    def rows(self, collection: str) -> np.ndarray:
        """Indices of the clips of a collection."""
        return np.array([i for i, clip in enumerate(self.clips) if clip.collection == collection])

    def folds(self, rows: np.ndarray) -> np.ndarray:
        return np.array([self.clips[i].fold for i in rows])

    def artists(self, rows: np.ndarray) -> np.ndarray:
        return np.array([self.clips[i].artist for i in rows])

    def scores(self, view: str) -> list[dict[str, Any]]:
        return [as_scores(vector) for vector in self.vectors[view]]

    def reference(self, view: str) -> Reference:
        """The distribution of the view's scores over all clips."""
        return Reference.of(flat(scores) for scores in self.scores(view))

    def rules(self, view: str, without: int | None = None) -> NameRules:
        """The view's rules from scores to a name, fitted on all clips or on those outside one fold."""
        rows = np.array([i for i, clip in enumerate(self.clips) if clip.fold != without])
        naming, calibration = fit_name_rules(self.vectors[view][rows], [self.clips[i] for i in rows])
        return NameRules(naming, calibration, self.reference(view))

    def names(self, view: str) -> list[Composite]:
        """The composite mood of each clip, by rules that were fitted on the other folds."""
        rules = {fold: self.rules(view, fold) for fold in {clip.fold for clip in self.clips}}
        return [rules[clip.fold].compose(scores) for clip, scores in zip(self.clips, self.scores(view), strict=True)]


def fit_name_rules(vectors: np.ndarray, clips: Sequence[Clip]) -> tuple[Naming, Calibration]:
    """The rule of the name on all of these clips, and the confidence of its sides against the editors' words.

    A word of a critic is evidence for a mood; in the two other collections a missing one says little, because their
    people could name one word only, or nine of the sixteen terms.
    """
    labels = TermLabels.of(clips)
    naming = fit_naming(vectors, labels)
    worded = np.flatnonzero(labels.worded & labels.terms.any(axis=1))
    chances = vectors[worded][:, HEAD["moods"].part]
    evidence = SideEvidence.of(chances, sides_of(vectors[worded], naming), labels.terms[worded])
    return naming, fit_calibration(evidence)


def _with_moods(vectors: np.ndarray, chances: np.ndarray) -> np.ndarray:
    result = vectors.astype(np.float64)
    result[:, HEAD["moods"].part] = chances
    return result


def _songs(held_out: HeldOutScores, count: int) -> np.ndarray:
    """(count, 36), means over segments. Raises ValueError where a clip has no scores."""
    missing = count - len(Counter(held_out.clips.tolist()))
    if missing:
        raise ValueError(f"{missing} of {count} clips have no held-out scores. The scores were made from another pack.")
    return np.stack([held_out.song_scores(clip) for clip in range(count)])
