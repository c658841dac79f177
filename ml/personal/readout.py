"""A readout of the frozen networks that learns the moods of one person, beside a recalibration.

The chance of each term is a logistic regression on all 72 scores of the two networks, as in the readout of a bundle
(stacking, Wolpert 1992). It starts from the recalibrated chance and is shrunk to it by a ridge penalty, so that it
learns only what the recalibration leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from ml.moods.recalibration import Readout, Recalibration
from ml.moods.vocabulary import MOOD_NAMES
from ml.personal.comparison import log_losses
from ml.personal.fitting import fit_terms, own_logits, recalibrated_terms
from ml.personal.judgements import Judgements, sigmoid

PENALTIES = (30.0, 100.0, 300.0, 1000.0)
"""Of the ridge; the best one is chosen inside each training part."""
INNER_FOLDS = 3
MOST_TO_CHOOSE = 600
"""Songs that choose the penalty; more change nothing but the time."""
STEPS = 60


@dataclass(frozen=True)
class FittedReadout:
    terms: np.ndarray
    """Slope and bias of each term (16, 2)."""
    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    """(16, 72)."""
    bias: np.ndarray

    def chances(self, chances: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        extra = ((inputs - self.mean) / self.scale) @ self.weights.T + self.bias
        return sigmoid(own_logits(chances, self.terms) + extra)

    def recalibration(self) -> Recalibration:
        weights = {term: tuple(map(float, row)) for term, row in zip(MOOD_NAMES, self.weights, strict=True)}
        bias = dict(zip(MOOD_NAMES, map(float, self.bias), strict=True))
        readout = Readout(tuple(map(float, self.mean)), tuple(map(float, self.scale)), weights, bias)
        return Recalibration(recalibrated_terms(self.terms), readout)


def fit_readout(judgements: Judgements) -> FittedReadout:
    """The readout fitted to all songs."""
    return _fit(judgements.chances, judgements.inputs, judgements.stated)


def held_out_readout_chances(judgements: Judgements) -> np.ndarray:
    """Chances (songs, 16), each of a readout that was fitted, penalty included, without the song's fold."""
    result = np.empty_like(judgements.chances)
    for fold in np.unique(judgements.folds):
        out = judgements.folds == fold
        fitted = _fit(judgements.chances[~out], judgements.inputs[~out], judgements.stated[~out])
        result[out] = fitted.chances(judgements.chances[out], judgements.inputs[out])
    return result


def _fit(chances: np.ndarray, inputs: np.ndarray, stated: np.ndarray) -> FittedReadout:
    terms = fit_terms(chances, stated)
    offsets = own_logits(chances, terms)
    mean, scale = inputs.mean(axis=0), np.maximum(inputs.std(axis=0), 1e-3)
    standard = (inputs - mean) / scale
    penalty = _best_penalty(standard, offsets, stated)
    coefficients = _ridge(standard, offsets, stated, penalty)
    return FittedReadout(terms, mean, scale, coefficients[:, :-1], coefficients[:, -1])


def _best_penalty(standard: np.ndarray, offsets: np.ndarray, stated: np.ndarray) -> float:
    random = np.random.default_rng(0)
    some = random.permutation(len(standard))[:MOST_TO_CHOOSE]
    fold = np.arange(len(some)) % INNER_FOLDS
    loss = dict.fromkeys(PENALTIES, 0.0)
    for number in range(INNER_FOLDS):
        fitted_on, out = some[fold != number], some[fold == number]
        for penalty in PENALTIES:
            coefficients = _ridge(standard[fitted_on], offsets[fitted_on], stated[fitted_on], penalty)
            predicted = sigmoid(offsets[out] + standard[out] @ coefficients[:, :-1].T + coefficients[:, -1])
            loss[penalty] += float(log_losses(predicted, stated[out]).sum())
    return min(loss, key=lambda penalty: loss[penalty])


def _ridge(standard: np.ndarray, offsets: np.ndarray, stated: np.ndarray, penalty: float) -> np.ndarray:
    """Weights and a bias of each term (16, 73). scikit-learn's solvers take no offsets, and are no part of serving."""
    inputs = np.concatenate([standard, np.ones((len(standard), 1))], axis=1)
    shape = (stated.shape[1], inputs.shape[1])

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(shape)
        scores = offsets + inputs @ weights.T
        missed = np.logaddexp(0.0, scores).sum() - (stated * scores).sum()
        gradient = (sigmoid(scores) - stated).T @ inputs + penalty * weights
        return float(missed + penalty / 2 * (weights * weights).sum()), gradient.ravel()

    # All terms at once, each of which is a convex problem of its own.
    found = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    result: np.ndarray = found.x.reshape(shape)
    return result
