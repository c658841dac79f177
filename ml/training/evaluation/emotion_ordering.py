"""Whether another order of the nine emotions would find more of the listeners' pairs.

A composite names the two emotions with the largest shares. Networks shrink shares towards their mean, so rare emotions
seldom come first. Each transform changes the shares before they are ordered, with parameters fitted on the other
folds, and is compared with the unchanged shares, song by song. `ml.models.combination` leaves the shares unchanged: no
transform improves one metric without a loss in another.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize

from ml.moods import EMOTION_NAMES, EMOTIONS, named_most, sides
from ml.training.evaluation.card_report import HEAD
from ml.training.evaluation.composite_agreement import composite_metrics
from ml.training.evaluation.metrics import Metrics, emotion_share_metrics
from ml.training.evaluation.out_of_fold import OutOfFoldScores
from ml.training.evaluation.significance import paired_differences
from ml.training.product.fusion import target_vectors

Fit = Callable[[np.ndarray, np.ndarray], Callable[[np.ndarray], np.ndarray]]
"""From predicted and true shares (songs, 9) of the other folds to a transform of shares (songs, 9)."""
PREVALENCE = np.array([EMOTIONS[emotion].prevalence for emotion in EMOTION_NAMES])
SMALLEST = 0.005
METRICS = ("pair_exact", "pair_at_least_one", "mean_r", "mse")


def stretched_from_prevalence(by: float) -> Fit:
    """Stretches the distance from each emotion's prevalence `by` times."""
    return lambda predicted, true: lambda shares: np.clip(PREVALENCE + by * (shares - PREVALENCE), 0, 1)


def divided_by_prevalence(power: float) -> Fit:
    """Divides by a power of each emotion's prevalence in the other folds."""

    def fit(predicted: np.ndarray, true: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        prevalence = true.mean(axis=0) ** power
        return lambda shares: shares / prevalence * prevalence.mean()

    return fit


def linear(predicted: np.ndarray, true: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Linear regression for each emotion."""
    middle, off = predicted.mean(axis=0), predicted - predicted.mean(axis=0)
    slopes = np.sum(off * (true - true.mean(axis=0)), axis=0) / np.sum(off**2, axis=0)
    return lambda shares: true.mean(axis=0) + slopes * (shares - middle)


def matched_moments(power: float) -> Fit:
    """Moves each emotion to its true mean and scales it by a power of the ratio of true to predicted deviation."""

    def fit(predicted: np.ndarray, true: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        by = (true.std(axis=0) / predicted.std(axis=0)) ** power
        return lambda shares: true.mean(axis=0) + by * (shares - predicted.mean(axis=0))

    return fit


def matched_quantiles(predicted: np.ndarray, true: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Maps each emotion's shares to the distribution of the true ones."""
    sources, targets = np.sort(predicted, axis=0), np.sort(true, axis=0)
    return lambda shares: np.stack(
        [np.interp(shares[:, i], sources[:, i], targets[:, i]) for i in range(shares.shape[1])], axis=1
    )


def chance_of_being_named(predicted: np.ndarray, true: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """The chance that an emotion is among the listeners' two: a logistic curve for each, shrunk to a common one."""
    rows = [named_most(dict(zip(EMOTION_NAMES, row, strict=True))) for row in true]
    is_named = np.array([[emotion in row for emotion in EMOTION_NAMES] for row in rows])
    count = len(EMOTION_NAMES)

    def curves(numbers: np.ndarray, shares: np.ndarray) -> np.ndarray:
        return numbers[:count] + numbers[count : 2 * count] * _logit(shares)

    def loss(numbers: np.ndarray) -> float:
        scores = curves(numbers, predicted)
        offsets = np.concatenate((numbers[:count] - numbers[-1], numbers[count : 2 * count] - numbers[-2]))
        return float(np.logaddexp(0, -np.where(is_named, scores, -scores)).sum() + np.sum(offsets**2))

    start = np.concatenate((np.zeros(count), np.ones(count + 1), np.zeros(1)))
    best = minimize(loss, start, method="L-BFGS-B").x
    return lambda shares: 1 / (1 + np.exp(-curves(best, shares)))


TRANSFORMS: dict[str, Fit] = {
    "linear regression for each emotion": linear,
    "quantile mapping of each emotion": matched_quantiles,
    "true means, half of the deviation restored": matched_moments(0.5),
    "true means, all of the deviation restored": matched_moments(1.0),
    "stretched by 1.5 from the prevalence": stretched_from_prevalence(1.5),
    "stretched by 2 from the prevalence": stretched_from_prevalence(2.0),
    "divided by the prevalence to the power 1/4": divided_by_prevalence(0.25),
    "divided by the prevalence to the power 1/2": divided_by_prevalence(0.5),
    "ordered by the chance of being named": chance_of_being_named,
}


def cross_fitted(fit: Fit, predicted: np.ndarray, true: np.ndarray, rows: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """`predicted` (clips, 9) after the transform fitted on the other folds; `true` belongs to the clips `rows`."""
    out = np.zeros_like(predicted)
    for fold in np.unique(folds):
        there = folds[rows] != fold
        out[folds == fold] = fit(predicted[rows][there], true[there])(predicted[folds == fold])
    return out


def ordering_table(oof: OutOfFoldScores) -> str:
    """A Markdown table of each transform's metrics, and its gain over unchanged shares with the interval by artist."""
    rows, folds = oof.rows("emotify"), oof.folds(np.arange(len(oof.clips)))
    shares = oof.vectors["both"][:, HEAD["emotions"]].astype(np.float64)
    true = target_vectors(oof.clips)[rows][:, HEAD["emotions"]]
    changed = {"unchanged": shares}
    changed |= {name: cross_fitted(fit, shares, true, rows, folds) for name, fit in TRANSFORMS.items()}
    artists = oof.artists(rows)
    lines = [
        "| shares | both right | gain | one right | gain | composite is the listeners' | r | mse | names |",
        f"|{' --- |' * 9}",
    ]
    for name, new_shares in changed.items():
        metrics_of = {"it": _measure(new_shares[rows], true), "as": _measure(shares[rows], true)}
        gains = {
            one["figure"]: one
            for one in paired_differences(metrics_of, [("it", "as")], {f: f for f in METRICS}, artists)
        }
        metrics = metrics_of["it"](np.arange(len(rows)))
        pairs = [sides(dict(zip(EMOTION_NAMES, map(float, row), strict=True))) for row in new_shares]
        listeners = [dict(zip(EMOTION_NAMES, map(float, row), strict=True)) for row in true]
        exact = composite_metrics([pairs[i] for i in rows], listeners)["pair_exact"]["value"]
        cells = [
            name,
            f"{metrics['pair_exact']:.3f}", _gained(gains["pair_exact"]),
            f"{metrics['pair_at_least_one']:.3f}", _gained(gains["pair_at_least_one"]),
            f"{exact:.3f}", f"{metrics['mean_r']:.3f}", f"{metrics['mse']:.4f}", str(len(set(pairs))),
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _measure(predicted: np.ndarray, true: np.ndarray) -> Callable[[np.ndarray], Metrics]:
    return lambda at: emotion_share_metrics(predicted[at], true[at], EMOTION_NAMES)


def _gained(one: dict[str, float]) -> str:
    return f"{one['difference']:+.3f} [{one['low']:+.3f}, {one['high']:+.3f}]"


def _logit(shares: np.ndarray) -> np.ndarray:
    clipped = np.clip(shares, SMALLEST, 1 - SMALLEST)
    return np.asarray(np.log(clipped / (1 - clipped)))
