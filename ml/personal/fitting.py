"""Fits a recalibration to one person's judgements."""

from __future__ import annotations

import numpy as np

from ml.moods.recalibration import MAX_TEMPERATURE, MIN_TEMPERATURE, Recalibration, TermRecalibration
from ml.moods.vocabulary import MOOD_NAMES
from ml.personal.judgements import Judgements, logits, sigmoid

SHRINKAGE = 8.0
"""Precision of the prior on slope and bias around 1 and 0. The bias of a term that one song in eight has moves half of
the way after some 70 judged songs, and more with more of them."""
STEPS = 50


def fit_terms(chances: np.ndarray, stated: np.ndarray) -> np.ndarray:
    """Slope (1 / temperature) and bias of each term, float (16, 2), for chances and labels (songs, 16).

    The maximum of the posterior of a logistic regression with a normal prior around the identity, by Newton's method
    for all terms at once; the problem is convex. scikit-learn, which is no part of serving, shrinks to 0.
    """
    x = logits(chances)
    parameters = np.tile([1.0, 0.0], (x.shape[1], 1))
    for _ in range(STEPS):
        predicted = sigmoid(x * parameters[:, 0] + parameters[:, 1])
        error, weight = predicted - stated, predicted * (1 - predicted)
        gradient = np.stack([(error * x).sum(axis=0), error.sum(axis=0)], axis=1)
        gradient += SHRINKAGE * (parameters - [1.0, 0.0])
        curvature = np.empty((len(parameters), 2, 2))
        curvature[:, 0, 0] = (weight * x * x).sum(axis=0) + SHRINKAGE
        curvature[:, 0, 1] = curvature[:, 1, 0] = (weight * x).sum(axis=0)
        curvature[:, 1, 1] = weight.sum(axis=0) + SHRINKAGE
        step = np.linalg.solve(curvature, gradient[..., None])[..., 0]
        parameters = parameters - np.clip(step, -0.5, 0.5)
        if np.abs(step).max() < 1e-7:
            break
    parameters[:, 0] = np.clip(parameters[:, 0], 1 / MAX_TEMPERATURE, 1 / MIN_TEMPERATURE)
    return parameters


def own_logits(chances: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    """The recalibrated logits (songs, 16)."""
    result: np.ndarray = logits(chances) * parameters[:, 0] + parameters[:, 1]
    return result


def fit(judgements: Judgements) -> Recalibration:
    """The recalibration fitted to all songs."""
    return Recalibration(recalibrated_terms(fit_terms(judgements.chances, judgements.stated)))


def recalibrated_terms(parameters: np.ndarray) -> dict[str, TermRecalibration]:
    return {
        term: TermRecalibration(bias=float(bias), temperature=float(1 / slope))
        for term, (slope, bias) in zip(MOOD_NAMES, parameters, strict=True)
    }


def held_out_chances(judgements: Judgements) -> np.ndarray:
    """Chances (songs, 16), each of a recalibration that was fitted without the song's fold."""
    result = np.empty_like(judgements.chances)
    for fold in np.unique(judgements.folds):
        out = judgements.folds == fold
        parameters = fit_terms(judgements.chances[~out], judgements.stated[~out])
        result[out] = sigmoid(own_logits(judgements.chances[out], parameters))
    return result


def held_out_frequencies(judgements: Judgements) -> np.ndarray:
    """The same of a guess that ignores the sound: how often the person states each term in the other folds."""
    result = np.empty_like(judgements.chances)
    for fold in np.unique(judgements.folds):
        out = judgements.folds == fold
        rest = judgements.stated[~out]
        # One song more of each kind (Laplace), so that no chance is 0.
        result[out] = (rest.sum(axis=0) + 1) / (len(rest) + 2)
    return result
