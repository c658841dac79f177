"""Figures as pure functions of what was heard and what people said, and the interval of each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Figures = dict[str, float]
Interval = dict[str, float | None]
DRAWS = 1000
BINS = 10
TINY = 1e-12
"""A sum of squares below this is rounding: nothing varies."""
Z95 = 1.959964
"""Standard deviations on both sides of the mean that hold 95 % of a normal distribution."""


def class_figures(chances: np.ndarray, labels: np.ndarray) -> Figures:
    """Of (clips, classes) chances and int labels (clips,):

    accuracy: share of clips whose likeliest class is theirs. macro_f1: mean over classes of 2 * hits / (said + are).
    calibration_error: over ten bins of the likeliest class's chance, |mean chance - share right|, by bin size.
    """
    said, count = chances.argmax(axis=1), chances.shape[1]
    hits = np.bincount(labels[said == labels], minlength=count)
    both = np.bincount(said, minlength=count) + np.bincount(labels, minlength=count)
    return {
        "accuracy": float(np.mean(said == labels)),
        "macro_f1": float(np.mean(2 * hits / np.maximum(both, 1))),
        "calibration_error": calibration_error(chances.max(axis=1), said == labels),
    }


def calibration_error(chances: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error (Naeini et al. 2015), ten bins of equal width."""
    which = np.minimum((chances * BINS).astype(int), BINS - 1)
    apart = np.bincount(which, chances, BINS) - np.bincount(which, right, BINS)
    return float(np.abs(apart).sum() / len(chances))


def regression_figures(found: np.ndarray, truth: np.ndarray, names: tuple[str, ...]) -> Figures:
    """r2_NAME: 1 - squared error / variance. r_NAME: Pearson's correlation. Both of (clips, names) arrays.

    Both are 0 where the truth does not vary: there is nothing to explain.
    """
    off, other_off = truth - truth.mean(axis=0), found - found.mean(axis=0)
    spread, other_spread = np.sum(off**2, axis=0), np.sum(other_off**2, axis=0)
    missed = np.sum((found - truth) ** 2, axis=0)
    together = np.sum(off * other_off, axis=0)
    figures = {}
    for column, name in enumerate(names):
        varied = spread[column] > TINY and other_spread[column] > TINY
        figures[f"r2_{name}"] = float(1 - missed[column] / spread[column]) if spread[column] > TINY else 0.0
        root = float(np.sqrt(spread[column] * other_spread[column]))
        figures[f"r_{name}"] = float(together[column] / root) if varied else 0.0
    return figures


def share_figures(found: np.ndarray, truth: np.ndarray, names: tuple[str, ...]) -> Figures:
    """Of (clips, emotions) shares of listeners:

    mean_r, mean_r2: correlation and explained variance, mean over emotions. mse: mean squared error.
    top1: the strongest is the listeners' strongest. And the figures of the strongest two, see `pair_figures`.
    """
    each = regression_figures(found, truth, names)
    return {
        "mean_r": float(np.mean([each[f"r_{name}"] for name in names])),
        "mean_r2": float(np.mean([each[f"r2_{name}"] for name in names])),
        "mse": float(np.mean((found - truth) ** 2)),
        "top1": float(np.mean(found.argmax(axis=1) == truth.argmax(axis=1))),
        **pair_figures(_top_two(found), truth),
        **{f"r_{name}": each[f"r_{name}"] for name in names},
    }


def pair_figures(said: np.ndarray, truth: np.ndarray) -> Figures:
    """Of two emotions a clip, int (clips, 2), beside the shares of listeners (clips, emotions):

    pair_exact, pair_at_least_one: both, or one or both, are the listeners' strongest two, of shares that tie the first.
    pair_exact_ties: the two are any pair that ties for the listeners' strongest two.
    """
    both = np.sum(said[:, :, None] == _top_two(truth)[:, None, :], axis=(1, 2))
    most = np.sort(truth, axis=1)[:, -2:].sum(axis=1)
    return {
        "pair_exact": float(np.mean(both == 2)),
        "pair_exact_ties": float(np.mean(np.take_along_axis(truth, said, axis=1).sum(axis=1) >= most - 1e-9)),
        "pair_at_least_one": float(np.mean(both >= 1)),
    }


def confusion(said: np.ndarray, labels: np.ndarray, classes: int) -> list[list[int]]:
    """Counts, a row for each class that people gave, a column for each that was heard. Both int (clips,)."""
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (labels, said), 1)
    return [[int(count) for count in row] for row in counts]


def wilson(right: int, count: int) -> Interval:
    """A share of `count` and its 95 % score interval (Wilson 1927), which holds for few and for extreme shares.

    All null where nothing was counted.
    """
    if not count:
        return {"value": None, "low": None, "high": None}
    share, unsure = right / count, Z95**2 / count
    middle = (share + unsure / 2) / (1 + unsure)
    reach = Z95 / (1 + unsure) * float(np.sqrt(share * (1 - share) / count + unsure / (4 * count)))
    return {"value": round(share, 4), "low": round(middle - reach, 4), "high": round(middle + reach, 4)}


def _top_two(shares: np.ndarray) -> np.ndarray:
    return np.argsort(-shares, axis=1, kind="stable")[:, :2]


def with_intervals(figures: Callable[[np.ndarray], Figures], count: int) -> dict[str, dict[str, float]]:
    """Each figure's value over all clips, and its 95 % interval: percentiles over clips drawn anew, seed fixed.

    `figures` is given indices of clips. Bootstrap after Efron 1979.
    """
    point = figures(np.arange(count))
    random = np.random.default_rng(0)
    draws = [figures(random.integers(0, count, count)) for _ in range(DRAWS)]
    return {
        name: {
            "value": round(value, 4),
            "low": round(float(np.percentile([draw[name] for draw in draws], 2.5)), 4),
            "high": round(float(np.percentile([draw[name] for draw in draws], 97.5)), 4),
        }
        for name, value in point.items()
    }
