"""What plain regressions on the teachers' descriptions say of each clip: soft targets for every label scheme.

A clip has labels in one scheme only. A regression on what the teachers hear in it, fitted on the clips with such
labels, says how likely the labels of the other schemes are (pseudo-labels, Lee 2013; born-again networks, Furlanello et
al. 2018). Everything is fitted on the training clips of one fold. A training clip's own targets come from regressions
that were fitted without its fold, or they would only repeat its labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, Ridge

from ml.models.score_vector import AFFECT_MIDDLE, AFFECT_SCALE
from ml.moods import CLUSTERS, EMOTION_OF_TERM, MOOD_NAMES, QUADRANTS
from ml.training.data.clips import Clip
from ml.training.data.packing import Pack

COMPONENTS = 400
STRENGTH = {"moods": 0.6, "quadrants": 0.6, "clusters": 0.3}
"""Inverse penalty (C) of the logistic regressions, for inputs with a total variance of 2."""
PENALTY = {"emotions": 4.0, "affect": 6.0}
"""Penalty of the ridge regressions."""
EMOTION_TERMS = np.array([term in EMOTION_OF_TERM for term in MOOD_NAMES])
"""bool (16,): which terms have an emotion of the listeners."""
NEGATIVE_WEIGHT = 0.3
"""A song of the clusters' collection has one word; that it lacks another one says little."""
SHARE_WEIGHT = 0.7

SoftTargets = dict[str, np.ndarray]


def soft_targets(pack: Pack, fold: str) -> SoftTargets:
    """moods (clips, 16), emotions (clips, 9), quadrants (clips, 4), clusters (clips, 5), affect (clips, 2), float32.

    Clips that no teacher heard, and those of the held-out fold, have rows of NaN.
    """
    training = pack.training_clips(fold)
    copies = pack.copies()[training]
    training = np.concatenate([training, copies[copies >= 0]])
    training = training[pack.teacher_mask[training, 0]]
    inner = pack.folds[training]
    widths = {"moods": 16, "emotions": 9, "quadrants": 4, "clusters": 5, "affect": 2}
    out = {name: np.full((len(pack.clips), width), np.nan, np.float32) for name, width in widths.items()}
    for held in [None, *np.unique(inner[inner >= 0])]:
        fitting = training if held is None else training[inner != held]
        own = training[inner < 0] if held is None else training[inner == held]
        for needs_both in (True, False):
            mine = own[pack.teacher_mask[own].all(axis=1) == needs_both]
            if not len(mine) or (needs_both and not pack.teacher_mask[fitting].all(axis=1).any()):
                continue
            for name, values in Regressions.fit(pack, fitting, needs_both).predict(pack, mine).items():
                out[name][mine] = values
    return out


def cached_soft_targets(pack: Pack, fold: str, folder: Path) -> SoftTargets:
    """As `soft_targets`, kept in a file beside the runs so that members share them."""
    place = folder / f"soft-targets-{fold}.npz"
    if not place.exists():
        folder.mkdir(parents=True, exist_ok=True)
        partial = place.with_suffix(".partial.npz")
        np.savez_compressed(partial, **soft_targets(pack, fold))  # type: ignore[arg-type]
        partial.rename(place)
    with np.load(place) as stored:
        return {name: stored[name] for name in stored}


@dataclass(frozen=True)
class _Inputs:
    """Scales each teacher's description to a total variance of 1 and keeps its principal components."""

    means: list[np.ndarray]
    scales: list[float]
    components: PCA

    @classmethod
    def fit(cls, blocks: list[np.ndarray]) -> _Inputs:
        means = [block.mean(axis=0) for block in blocks]
        scales = [float(np.sqrt(len(blocks) / block.var(axis=0).sum())) for block in blocks]
        joined = np.concatenate([(b - m) * s for b, m, s in zip(blocks, means, scales, strict=True)], axis=1)
        return cls(means, scales, PCA(min(COMPONENTS, len(joined) - 1), random_state=0).fit(joined))

    def __call__(self, blocks: list[np.ndarray]) -> np.ndarray:
        scaled = zip(blocks, self.means, self.scales, strict=True)
        values: np.ndarray = self.components.transform(np.concatenate([(b - m) * s for b, m, s in scaled], axis=1))
        return values


@dataclass(frozen=True)
class Regressions:
    both: bool
    inputs: _Inputs
    moods: list[LogisticRegression]
    quadrants: LogisticRegression
    clusters: LogisticRegression
    emotions: Ridge
    affect: Ridge

    @classmethod
    def fit(cls, pack: Pack, fitting: np.ndarray, both: bool) -> Regressions:
        labelled = np.array([i for i in fitting if pack.clips[i].copy_of is None and pack.clips[i].term_targets])
        if both:
            labelled = labelled[pack.teacher_mask[labelled].all(axis=1)]
        inputs = _Inputs.fit(_blocks(pack, labelled, both))
        x = inputs(_blocks(pack, labelled, both))
        clips = [pack.clips[i] for i in labelled]
        targets = np.array([clip.term_targets for clip in clips])
        weights = np.stack([term_weights(clip) for clip in clips])
        moods = [_weighted(x, targets[:, j], weights[:, j]) for j in range(len(MOOD_NAMES))]
        scheme = {}
        for name, labels in (
            ("quadrants", [clip.quadrant for clip in clips]),
            ("clusters", [clip.cluster for clip in clips]),
        ):
            rows = [i for i, label in enumerate(labels) if label is not None]
            fitted = LogisticRegression(C=STRENGTH[name], max_iter=1000)
            scheme[name] = fitted.fit(x[rows], [labels[i] for i in rows])
        listened = [i for i, clip in enumerate(clips) if clip.emotions is not None]
        rated = [i for i, clip in enumerate(clips) if clip.valence_arousal is not None]
        emotions = Ridge(PENALTY["emotions"]).fit(x[listened], [clips[i].emotions for i in listened])
        affect = (np.array([clips[i].valence_arousal for i in rated]) - AFFECT_MIDDLE) / AFFECT_SCALE
        return cls(both, inputs, moods, scheme["quadrants"], scheme["clusters"], emotions,
                   Ridge(PENALTY["affect"]).fit(x[rated], affect))  # fmt: skip

    def predict(self, pack: Pack, clips: np.ndarray) -> SoftTargets:
        x = self.inputs(_blocks(pack, clips, self.both))
        return {
            "moods": np.stack([_chances(one, x, 2)[:, 1] for one in self.moods], axis=1),
            "emotions": np.clip(self.emotions.predict(x), 0, 1),
            "quadrants": _chances(self.quadrants, x, len(QUADRANTS)),
            "clusters": _chances(self.clusters, x, len(CLUSTERS)),
            "affect": self.affect.predict(x),
        }


def _chances(fitted: LogisticRegression, x: np.ndarray, classes: int) -> np.ndarray:
    """(clips, classes): 0 for a class without a training clip."""
    out = np.zeros((len(x), classes))
    out[:, fitted.classes_] = fitted.predict_proba(x)
    return out


def _blocks(pack: Pack, clips: np.ndarray, both: bool) -> list[np.ndarray]:
    blocks = [pack.mn04_clips[clips].astype(np.float64)]
    return [*blocks, pack.musicnn_clips[clips].astype(np.float64)] if both else blocks


def term_weights(clip: Clip) -> np.ndarray:
    """float (16,): the weight of a clip's label of each term."""
    targets = np.array(clip.term_targets)
    if clip.emotions is not None:
        return np.where(EMOTION_TERMS, SHARE_WEIGHT, 0.0)
    return np.where(targets > 0, 1.0, 1.0 if clip.quadrant is not None else NEGATIVE_WEIGHT)


def _weighted(x: np.ndarray, targets: np.ndarray, weights: np.ndarray) -> LogisticRegression:
    """Logistic regression on soft targets: each clip counts as a positive and as a negative example, in proportion."""
    share = np.concatenate([weights * targets, weights * (1 - targets)])
    rows = share > 0
    labels = np.repeat([1, 0], len(targets))
    fitted = LogisticRegression(C=STRENGTH["moods"], max_iter=500)
    return fitted.fit(np.concatenate([x, x])[rows], labels[rows], sample_weight=share[rows])
