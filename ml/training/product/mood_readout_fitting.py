"""Fits the readout of the moods on out-of-fold scores: for each term a logistic regression on all scores.

The networks' own chances mix the habits of three collections: editors who give a song many words, a list with one word
a song, and listeners who name up to three emotions. The readout weighs them in one stated way, and uses what the other
heads know.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

from ml.models.mood_readout import MoodReadout, readout_inputs
from ml.models.score_vector import HEAD, LABELS
from ml.training.data.clips import Clip
from ml.training.data.soft_targets import term_weights

PENALTY = 40.0
"""Strength of the prior on standardised weights: the networks' own logit of the term counts, and nothing else."""


def fit_mood_readout(vectors: Sequence[np.ndarray], clips: Sequence[Clip]) -> MoodReadout:
    """The readout of one or both networks' score vectors, each float (clips, 36), fitted on these clips.

    The prior mean of a term's weights is the networks' mean logit of that term, so that little evidence changes little.
    """
    inputs = readout_inputs(*vectors)
    mean, scale = inputs.mean(axis=0), inputs.std(axis=0) + 1e-6
    x = np.concatenate([(inputs - mean) / scale, np.ones((len(inputs), 1))], axis=1)
    targets = np.array([clip.term_targets for clip in clips])
    weights = np.stack([term_weights(clip) for clip in clips])
    coefficients = []
    for term in range(targets.shape[1]):
        prior = np.zeros(x.shape[1])
        for network in range(len(vectors)):
            column = network * len(LABELS) + HEAD["moods"].start + term
            prior[column] = scale[column] / len(vectors)
            prior[-1] += mean[column] / len(vectors)
        coefficients.append(_logistic(x, targets[:, term], weights[:, term], prior))
    fitted = np.array(coefficients)
    return MoodReadout(mean, scale, fitted[:, :-1], fitted[:, -1])


def cross_fitted_moods(vectors: Sequence[np.ndarray], clips: Sequence[Clip], folds: np.ndarray) -> np.ndarray:
    """The chances of the moods, float (clips, 16), each fold by a readout fitted on the other folds."""
    chances = np.zeros((len(clips), len(HEAD["moods"].labels)))
    for fold in np.unique(folds):
        here = folds == fold
        others = [clip for clip, inside in zip(clips, here, strict=True) if not inside]
        readout = fit_mood_readout([vector[~here] for vector in vectors], others)
        chances[here] = readout(*(vector[here] for vector in vectors))
    return chances


def _logistic(x: np.ndarray, targets: np.ndarray, weights: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """Weighted logistic regression on soft targets, shrunk towards `prior`; the last column is the free intercept.

    scikit-learn shrinks to 0 only.
    """
    free = np.ones(len(prior))
    free[-1] = 0.0

    def loss(coefficients: np.ndarray) -> tuple[float, np.ndarray]:
        logits = x @ coefficients
        difference = coefficients - prior
        value = np.sum(weights * (np.logaddexp(0, logits) - targets * logits))
        slope = x.T @ (weights * (0.5 * (1 + np.tanh(logits / 2)) - targets))
        return (
            float(value + PENALTY / 2 * np.sum(free * difference**2)),
            slope + PENALTY * free * difference,
        )

    result: np.ndarray = minimize(loss, prior, jac=True, method="L-BFGS-B").x
    return result
