"""Fits the readout of the moods on out-of-fold scores: each term's chance from the networks' chances of this term.

The networks' own chances mix the habits of three collections: editors who give a song many words, a list with one word
a song, and listeners who name up to three emotions. The readout weighs them in one stated way (Platt 1999). Reading all
scores of both networks instead was tried and named songs worse; see docs/lab-book.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

from ml.models.mood_readout import MoodReadout, readout_inputs
from ml.models.score_vector import HEAD, LABELS
from ml.training.data.clips import Clip
from ml.training.data.soft_targets import term_weights

PENALTY = 5.0
"""Strength of the prior on the weights of standardised logits: the mean of the networks' logits, unchanged."""


def fit_mood_readout(vectors: Sequence[np.ndarray], clips: Sequence[Clip]) -> MoodReadout:
    """The readout of one or both networks' score vectors, each float (clips, 36), fitted on these clips.

    Of its weights only those of a term's own logits are not 0. Their prior is the networks' mean logit of the term, so
    that little evidence changes little.
    """
    inputs = readout_inputs(*vectors)
    mean, scale = inputs.mean(axis=0), inputs.std(axis=0) + 1e-6
    standardised = (inputs - mean) / scale
    targets = np.array([clip.term_targets for clip in clips])
    importance = np.stack([term_weights(clip) for clip in clips])
    weights, bias = np.zeros((targets.shape[1], inputs.shape[1])), np.zeros(targets.shape[1])
    for term in range(targets.shape[1]):
        own = [network * len(LABELS) + HEAD["moods"].start + term for network in range(len(vectors))]
        prior = np.append(scale[own] / len(vectors), mean[own].mean())
        x = np.column_stack([standardised[:, own], np.ones(len(inputs))])
        fitted = _logistic(x, targets[:, term], importance[:, term], prior)
        weights[term, own], bias[term] = fitted[:-1], fitted[-1]
    return MoodReadout(mean, scale, weights, bias)


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
