"""Fits the confidence of each side of a composite mood on held-out songs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from ml.calibration import MAX_SHARE, MIN_SHARE, Calibration, Logistic

SIDES = ("first", "second")
RIDGE = 1.0
"""Strength of the prior: weights near 1 and 0, as if shares were calibrated already."""
STATED_RIGHT = 2 / 3
"""Target accuracy of stated moods."""
LEAST_STATED = 0.75
"""But at least this share of songs gets a stated mood instead of "Mixed"."""


@dataclass(frozen=True)
class SideEvidence:
    """Evidence for the two sides of songs, one row each."""

    shares: np.ndarray
    """(songs, 2): the chance of the side's term."""
    gaps: np.ndarray
    """(songs, 2): its lead over the best term outside the pair."""
    right: np.ndarray
    """bool (songs, 2): whether people used a word of the term."""

    @classmethod
    def of(cls, chances: np.ndarray, sides: np.ndarray, terms: np.ndarray) -> SideEvidence:
        """From chances of the moods, float (songs, 16), sides, int (songs, 2), and people's terms, bool (songs, 16).

        The same numbers as `ml.moods.naming.evidence`.
        """
        outside = np.array(chances)
        np.put_along_axis(outside, sides, -np.inf, axis=1)
        own = np.take_along_axis(chances, sides, axis=1)
        return cls(own, own - outside.max(axis=1, keepdims=True), np.take_along_axis(terms, sides, axis=1))

    def __getitem__(self, rows: np.ndarray) -> SideEvidence:
        return SideEvidence(self.shares[rows], self.gaps[rows], self.right[rows])

    def chances(self, calibration: Calibration) -> np.ndarray:
        """(songs, 2): the confidence of each side."""
        both = (calibration.first, calibration.second)
        return np.array(
            [
                [side.chance(share, gap) for side, share, gap in zip(both, shares, gaps, strict=True)]
                for shares, gaps in zip(self.shares, self.gaps, strict=True)
            ]
        )


def fit_calibration(evidence: SideEvidence) -> Calibration:
    """The calibration fitted on these songs, with the threshold from their coverage-accuracy curve.

    `sklearn.linear_model.LogisticRegression` shrinks its weights to 0; here they shrink to 1 and 0.
    """
    sides_fitted = [_logistic(evidence.shares[:, i], evidence.gaps[:, i], evidence.right[:, i]) for i in (0, 1)]
    unsure = Calibration(sides_fitted[0], sides_fitted[1], threshold=0.0)
    threshold = lowest_threshold(evidence.chances(unsure)[:, 0], evidence.right[:, 0])
    return Calibration(sides_fitted[0], sides_fitted[1], threshold)


def lowest_threshold(chances: np.ndarray, right: np.ndarray) -> float:
    """The lowest confidence at which a share of STATED_RIGHT of the stated moods is right.

    From the coverage-accuracy curve (El-Yaniv and Wiener 2010). If that states too few songs, the confidence that
    states LEAST_STATED of them.
    """
    order = np.argsort(-chances, kind="stable")
    accuracy = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(accuracy >= STATED_RIGHT)
    least = int(np.ceil(LEAST_STATED * len(order))) - 1
    last = max(int(enough[-1]) if len(enough) else 0, least)
    return round(float(chances[order[last]]), 3)


def _logistic(shares: np.ndarray, gaps: np.ndarray, right: np.ndarray) -> Logistic:
    clipped = np.clip(shares, MIN_SHARE, MAX_SHARE)
    inputs = np.stack([np.ones_like(clipped), np.log(clipped / (1 - clipped)), gaps], axis=1)
    prior = np.array([0.0, 1.0, 0.0])

    def loss(coefficients: np.ndarray) -> float:
        scores = inputs @ coefficients
        missed = np.logaddexp(0, -np.where(right, scores, -scores)).sum()
        return float(missed + RIDGE * np.sum((coefficients[1:] - prior[1:]) ** 2) / 2)

    weights = minimize(loss, prior, method="BFGS").x
    return Logistic(*(round(float(weight), 6) for weight in weights))
