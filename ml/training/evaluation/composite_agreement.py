"""Agreement of composite moods with the listeners' shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ml.moods import EMOTION_NAMES, Pair, named_most, true_pairs
from ml.training.evaluation.metrics import Interval, Metrics, bootstrap_intervals, wilson_interval

Shares = Mapping[str, float]
SIDES = ("first", "second")


def composite_metrics(pairs: Sequence[Pair], listeners: Sequence[Shares]) -> dict[str, dict[str, float]]:
    """Metrics of composites (first, second) against the shares of each song's listeners, with intervals.

    pair_exact: the listeners' shares give the same pair. first_side_right, one_side_right: the first side, or either
    side, is among the two moods that they name most. Ties count.
    """
    exact = np.array([frozenset(pair) in true_pairs(truth) for pair, truth in zip(pairs, listeners, strict=True)])
    right = correct_sides(pairs, listeners)

    def metrics(at: np.ndarray) -> Metrics:
        return {
            "pair_exact": float(exact[at].mean()),
            "first_side_right": float(right[at, 0].mean()),
            "one_side_right": float(right[at].any(axis=1).mean()),
        }

    return bootstrap_intervals(metrics, len(exact))


def correct_sides(pairs: Sequence[Pair], listeners: Sequence[Shares]) -> np.ndarray:
    """bool (songs, 2): whether each side is among the two moods that listeners name most. Ties count."""
    most = [named_most(truth) for truth in listeners]
    return np.array([[side in moods for side in pair] for pair, moods in zip(pairs, most, strict=True)])


def most_frequent_pair(listeners: Sequence[Shares]) -> dict[str, Any]:
    """The pair that is true of the most songs, and its share of songs: the lowest bar for a composite."""
    pairs = [true_pairs(shares) for shares in listeners]
    frequent = _frequent(pairs)
    exact = float(np.mean([frequent in truth for truth in pairs]))
    return {"pair": sorted(frequent), "pair_exact": round(exact, 4)}


def most_frequent_pairs(truth: Sequence[Mapping[str, float]], folds: np.ndarray) -> list[Pair]:
    """For each song the most frequent true pair in the other folds, its more common side first."""
    pairs = [true_pairs(shares) for shares in truth]
    best = {}
    for fold in np.unique(folds):
        others = np.flatnonzero(folds != fold)
        pair = _frequent([pairs[i] for i in others])
        means = {side: float(np.mean([truth[int(i)][side] for i in others])) for side in pair}
        first, second = sorted(pair, key=lambda side: -means[side])
        best[fold] = (first, second)
    return [best[fold] for fold in folds]


def accuracy_by_mood(pairs: Sequence[Pair], listeners: Sequence[Shares]) -> dict[str, dict[str, Interval]]:
    """For each mood and side: how often it is right where it is predicted.

    count (songs), right (share), low and high (95 % interval); None where it is never predicted.
    """
    right = correct_sides(pairs, listeners)
    return {
        mood: {side: _counted(right[[pair[i] == mood for pair in pairs], i]) for i, side in enumerate(SIDES)}
        for mood in EMOTION_NAMES
    }


def _counted(right: np.ndarray) -> Interval:
    interval = wilson_interval(int(right.sum()), len(right))
    return {"count": len(right), "right": interval["value"], "low": interval["low"], "high": interval["high"]}


def _frequent(pairs: Sequence[set[frozenset[str]]]) -> frozenset[str]:
    counts = Counter(pair for truth in pairs for pair in truth)
    return max(sorted(counts, key=sorted), key=lambda pair: counts[pair])
