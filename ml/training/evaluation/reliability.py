"""Reliability diagrams, the calibration error of a perfectly calibrated model, and accuracy against coverage."""

from __future__ import annotations

import numpy as np

from ml.training.evaluation.metrics import BINS, calibration_error

DRAWS = 500

Bin = dict[str, float | int]


def reliability_bins(chances: np.ndarray, right: np.ndarray) -> list[Bin]:
    """Ten bins of equal width over chances (songs,), without empty bins (DeGroot and Fienberg 1983).

    In each: the mean chance and the share of songs that are right. `sklearn.calibration.calibration_curve` gives
    neither counts nor bin edges, which the diagram needs.
    """
    which = np.minimum((chances * BINS).astype(int), BINS - 1)
    return [
        {
            "low": number / BINS,
            "high": (number + 1) / BINS,
            "count": int(np.sum(which == number)),
            "chance": round(float(chances[which == number].mean()), 4),
            "right": round(float(right[which == number].mean()), 4),
        }
        for number in range(BINS)
        if np.any(which == number)
    ]


def expected_error_if_calibrated(chances: np.ndarray) -> float:
    """The mean calibration error of perfectly calibrated chances (songs,), by simulating outcomes with a fixed seed.

    It is above 0 because of the few songs in each bin: compare a measured error with it (the consistency bars of
    Broecker and Smith 2007).
    """
    random = np.random.default_rng(0)
    errors = [calibration_error(chances, random.random(len(chances)) < chances) for _ in range(DRAWS)]
    return round(float(np.mean(errors)), 4)


def coverage_curve(chances: np.ndarray, right: np.ndarray) -> list[dict[str, float]]:
    """For each tenth of songs by confidence: their lowest confidence and their accuracy.

    `chances` (songs,) and bool `right` (songs,). Source: El-Yaniv and Wiener 2010.
    """
    order = np.argsort(-chances, kind="stable")
    counts = [round(len(order) * tenth / 10) for tenth in range(1, 11)]
    return [
        {
            "coverage": round(count / len(order), 3),
            "confidence": round(float(chances[order[count - 1]]), 3),
            "accuracy": round(float(right[order[:count]].mean()), 3),
        }
        for count in counts
        if count
    ]
