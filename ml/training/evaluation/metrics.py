"""Metrics of predictions against labels, as pure functions."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
from scipy.stats import ConstantInputWarning, NearConstantInputWarning, binomtest, pearsonr
from sklearn.metrics import confusion_matrix, r2_score

Metrics = dict[str, float]
Interval = dict[str, float | None]
DRAWS = 1000
BINS = 10


def classification_metrics(chances: np.ndarray, labels: np.ndarray) -> Metrics:
    """accuracy, macro_f1 and calibration_error of (clips, classes) chances against int labels (clips,).

    calibration_error is that of the likeliest class's chance. F1 is counted here and not by scikit-learn: the
    bootstrap evaluates it tens of thousands of times, and `sklearn.metrics.f1_score` takes 17 times as long; a test
    holds both to the same result.
    """
    predicted, classes = chances.argmax(axis=1), chances.shape[1]
    hits = np.bincount(labels[predicted == labels], minlength=classes)
    both = np.bincount(predicted, minlength=classes) + np.bincount(labels, minlength=classes)
    return {
        "accuracy": float(np.mean(predicted == labels)),
        "macro_f1": float(np.mean(2 * hits / np.maximum(both, 1))),
        "calibration_error": calibration_error(chances.max(axis=1), predicted == labels),
    }


def calibration_error(chances: np.ndarray, correct: np.ndarray) -> float:
    """Expected calibration error (Naeini et al. 2015), ten bins of equal width; scikit-learn does not have it."""
    bin_of = np.minimum((chances * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bin_of, chances, BINS) - np.bincount(bin_of, correct, BINS)
    return float(np.abs(gaps).sum() / len(chances))


def regression_metrics(predicted: np.ndarray, truth: np.ndarray, names: tuple[str, ...]) -> Metrics:
    """r2_NAME, the coefficient of determination, and r_NAME, Pearson's correlation, of (clips, names) arrays.

    r2 is 0 where the truth is constant; r is 0 where either is.
    """
    r2 = r2_score(truth, predicted, multioutput="raw_values")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NearConstantInputWarning)
        warnings.simplefilter("ignore", ConstantInputWarning)
        r = np.nan_to_num(pearsonr(predicted, truth, axis=0).statistic)
    varies = np.ptp(truth, axis=0) > 0
    return {
        **{f"r2_{name}": float(r2[i]) if varies[i] else 0.0 for i, name in enumerate(names)},
        **{f"r_{name}": float(r[i]) for i, name in enumerate(names)},
    }


def emotion_share_metrics(predicted: np.ndarray, truth: np.ndarray, names: tuple[str, ...]) -> Metrics:
    """Of (clips, emotions) shares of listeners:

    mean_r, mean_r2: correlation and explained variance, mean over emotions. mse: mean squared error.
    top1: the strongest is the listeners' strongest. And the metrics of the strongest two, see `top_two_metrics`.
    """
    each = regression_metrics(predicted, truth, names)
    return {
        "mean_r": float(np.mean([each[f"r_{name}"] for name in names])),
        "mean_r2": float(np.mean([each[f"r2_{name}"] for name in names])),
        "mse": float(np.mean((predicted - truth) ** 2)),
        "top1": float(np.mean(predicted.argmax(axis=1) == truth.argmax(axis=1))),
        **top_two_metrics(_top_two(predicted), truth),
        **{f"r_{name}": each[f"r_{name}"] for name in names},
    }


def top_two_metrics(predicted: np.ndarray, truth: np.ndarray) -> Metrics:
    """Metrics of two predicted emotions, int (clips, 2), against the shares of listeners, (clips, emotions).

    pair_exact, pair_at_least_one: both, or at least one, are the listeners' strongest two; the first of tied shares
    counts. pair_exact_ties: the two are any pair that ties for the strongest two.
    """
    both = np.sum(predicted[:, :, None] == _top_two(truth)[:, None, :], axis=(1, 2))
    most = np.sort(truth, axis=1)[:, -2:].sum(axis=1)
    return {
        "pair_exact": float(np.mean(both == 2)),
        "pair_exact_ties": float(np.mean(np.take_along_axis(truth, predicted, axis=1).sum(axis=1) >= most - 1e-9)),
        "pair_at_least_one": float(np.mean(both >= 1)),
    }


def confusion_counts(predicted: np.ndarray, labels: np.ndarray, classes: int) -> list[list[int]]:
    """The confusion matrix of int (clips,) arrays: a row for each label, a column for each prediction."""
    counts: list[list[int]] = confusion_matrix(labels, predicted, labels=range(classes)).tolist()
    return counts


def wilson_interval(hits: int, count: int) -> Interval:
    """A share of `count` with its 95 % score interval (Wilson 1927); None for all three where `count` is 0."""
    if not count:
        return {"value": None, "low": None, "high": None}
    interval = binomtest(hits, count).proportion_ci(method="wilson")
    return {
        "value": round(hits / count, 4),
        "low": round(float(interval.low), 4),
        "high": round(float(interval.high), 4),
    }


def _top_two(shares: np.ndarray) -> np.ndarray:
    return np.argsort(-shares, axis=1, kind="stable")[:, :2]


def bootstrap_intervals(metrics: Callable[[np.ndarray], Metrics], count: int) -> dict[str, dict[str, float]]:
    """Each metric over all clips with its 95 % interval: percentile bootstrap over clips (Efron 1979), fixed seed.

    `metrics` is a function of clip indices. Not `scipy.stats.bootstrap`: it draws one statistic at a time, and its
    other draws would change every published interval.
    """
    point = metrics(np.arange(count))
    random = np.random.default_rng(0)
    draws = [metrics(random.integers(0, count, count)) for _ in range(DRAWS)]
    return {
        name: {
            "value": round(value, 4),
            "low": round(float(np.percentile([draw[name] for draw in draws], 2.5)), 4),
            "high": round(float(np.percentile([draw[name] for draw in draws], 97.5)), 4),
        }
        for name, value in point.items()
    }
