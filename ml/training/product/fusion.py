"""Fits the combination of the two networks on held-out clips.

Eight parameters: the weight of the 2D network in each of the five heads, the sharpness of quadrants and clusters (a
mean of two networks is underconfident), and the stretch of valence and arousal (a mean of two shrunken estimates is
shrunken). Each head is fitted on the clips with its labels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

from ml.models.combination import MIN_PROBABILITY, Combination, HeadCombination
from ml.models.score_vector import AFFECT_MIDDLE, AFFECT_SCALE, HEADS, LABELS, Head
from ml.training.data.clips import Clip

RIDGE = np.array([10.0, 1.0])
"""Prior on the logit of the share and the logarithm of the sharpness: one half, and no sharpening. A share stays near
one half without clear evidence."""
DECIMALS = 4


def target_vectors(clips: Sequence[Clip]) -> np.ndarray:
    """The labels of each clip as a score vector, float64 (clips, 20); NaN without a label."""
    out = np.full((len(clips), len(LABELS)), np.nan)
    part = {head.name: head.part for head in HEADS}
    for row, clip in zip(out, clips, strict=True):
        if clip.emotions is not None:
            row[part["emotions"]] = clip.emotions
        if clip.quadrant is not None:
            row[part["quadrants"]] = np.arange(4) == clip.quadrant
        if clip.cluster is not None:
            row[part["clusters"]] = np.arange(5) == clip.cluster
        if clip.valence_arousal is not None:
            row[part["affect"]] = (np.array(clip.valence_arousal) - AFFECT_MIDDLE) / AFFECT_SCALE
        if clip.quadrant is not None and clip.term_targets is not None:
            row[part["moods"]] = clip.term_targets
    return out


def fit_combination(cnn1d: np.ndarray, cnn2d: np.ndarray, targets: np.ndarray) -> Combination:
    """The combination with the lowest loss. All three are (clips, 20); NaN in `targets` is ignored.

    Loss: cross-entropy of class chances; squared error of shares, valence and arousal relative to its mean.
    """
    cnn1d, cnn2d = cnn1d.astype(np.float64), cnn2d.astype(np.float64)
    rules = {}
    for head in HEADS:
        rows = ~np.isnan(targets[:, head.part]).any(axis=1)
        rules[head.name] = _head(cnn1d[rows], cnn2d[rows], targets[rows], head) if rows.any() else HeadCombination()
    return Combination(rules)


def cross_fitted_combination(
    cnn1d: np.ndarray, cnn2d: np.ndarray, targets: np.ndarray, folds: np.ndarray
) -> np.ndarray:
    """Combined scores (clips, 20), each fold by a combination fitted on the other folds.

    The other folds' scores come from networks trained on this fold, as in any stacking (Wolpert 1992); with eight
    parameters the leak is not measurable.
    """
    out = np.zeros(cnn1d.shape)
    for fold in np.unique(folds):
        here, there = folds == fold, folds != fold
        out[here] = fit_combination(cnn1d[there], cnn2d[there], targets[there])(cnn1d[here], cnn2d[here])
    return out


def _head(cnn1d: np.ndarray, cnn2d: np.ndarray, targets: np.ndarray, head: Head) -> HeadCombination:
    plain = Combination.plain().heads
    labels = targets[:, head.part]
    plain_error = np.mean((Combination(plain)(cnn1d, cnn2d)[:, head.part] - labels) ** 2)

    def rule(numbers: np.ndarray) -> HeadCombination:
        """From the logit of the share and, if present, the logarithm of the sharpness."""
        share, sharpness = 1 / (1 + np.exp(-numbers[0])), np.exp(numbers[1:].sum())
        return HeadCombination(float(share), float(sharpness))

    def loss(numbers: np.ndarray) -> float:
        combined = Combination({**plain, head.name: rule(numbers)})(cnn1d, cnn2d)[:, head.part]
        if head.activation == "softmax":
            error = -np.sum(labels * np.log(np.maximum(combined, MIN_PROBABILITY)))
        else:
            error = np.sum(np.mean((combined - labels) ** 2, axis=1)) / (2 * plain_error + 1e-12)
        return float(error + np.sum(RIDGE[: len(numbers)] * numbers**2) / 2)

    # Without gradients: where chances sum to 1.0000001, the loss has a tiny step at sharpness 1, which misleads them.
    start = np.zeros(1 if head.activation == "sigmoid" else 2)
    best = rule(minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-6}).x)
    return HeadCombination(round(best.share_of_2d, DECIMALS), round(best.sharpness, DECIMALS))
