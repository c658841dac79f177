"""Figures as pure functions of what was heard and what people said, and the interval of each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Figures = dict[str, float]
DRAWS = 1000
BINS = 10


def class_figures(chances: np.ndarray, labels: np.ndarray) -> Figures:
    """Of (clips, classes) chances and int labels (clips,):

    accuracy: share of clips whose likeliest class is theirs. macro_f1: mean over classes of 2 * hits / (said + are).
    calibration_error: over ten bins of the likeliest class's chance, |mean chance - share right|, by bin size.
    """
    said = chances.argmax(axis=1)
    f1 = []
    for label in range(chances.shape[1]):
        hits = np.sum((said == label) & (labels == label))
        f1.append(2 * hits / max(1, np.sum(said == label) + np.sum(labels == label)))
    return {
        "accuracy": float(np.mean(said == labels)),
        "macro_f1": float(np.mean(f1)),
        "calibration_error": calibration_error(chances.max(axis=1), said == labels),
    }


def calibration_error(chances: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error (Naeini et al. 2015), ten bins of equal width."""
    which = np.minimum((chances * BINS).astype(int), BINS - 1)
    filled = [which == number for number in range(BINS) if np.any(which == number)]
    return float(sum(np.mean(part) * abs(chances[part].mean() - right[part].mean()) for part in filled))


def regression_figures(found: np.ndarray, truth: np.ndarray, names: tuple[str, ...]) -> Figures:
    """r2_NAME: 1 - squared error / variance. r_NAME: Pearson's correlation. Both of (clips, names) arrays.

    Both are 0 where the truth does not vary: there is nothing to explain.
    """
    figures = {}
    for column, name in enumerate(names):
        missed = found[:, column] - truth[:, column]
        spread = np.sum((truth[:, column] - truth[:, column].mean()) ** 2)
        varied = spread > 0 and found[:, column].std() > 0
        figures[f"r2_{name}"] = float(1 - np.sum(missed**2) / spread) if spread > 0 else 0.0
        figures[f"r_{name}"] = float(np.corrcoef(found[:, column], truth[:, column])[0, 1]) if varied else 0.0
    return figures


def share_figures(found: np.ndarray, truth: np.ndarray, names: tuple[str, ...]) -> Figures:
    """Of (clips, emotions) shares of listeners:

    mean_r, mean_r2: correlation and explained variance, mean over emotions. mse: mean squared error.
    top1: the strongest is the listeners' strongest. pair_exact, pair_at_least_one: of the strongest two.
    """
    each = regression_figures(found, truth, names)
    pairs = [len({*first} & {*second}) for first, second in zip(_top_two(found), _top_two(truth), strict=True)]
    return {
        "mean_r": float(np.mean([each[f"r_{name}"] for name in names])),
        "mean_r2": float(np.mean([each[f"r2_{name}"] for name in names])),
        "mse": float(np.mean((found - truth) ** 2)),
        "top1": float(np.mean(found.argmax(axis=1) == truth.argmax(axis=1))),
        "pair_exact": float(np.mean(np.array(pairs) == 2)),
        "pair_at_least_one": float(np.mean(np.array(pairs) >= 1)),
        **{f"r_{name}": each[f"r_{name}"] for name in names},
    }


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
