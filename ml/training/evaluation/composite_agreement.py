"""The composite mood against the listeners' own mixtures, as pure functions of pairs and of listeners' shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ml.moods import EMOTIONS, Pair, named_most, true_pairs
from ml.training.evaluation.metrics import Figures, Interval, wilson, with_intervals

Shares = Mapping[str, float]
SIDES = ("first", "second")


def composite_figures(pairs: Sequence[Pair], listeners: Sequence[Shares]) -> dict[str, dict[str, float]]:
    """Of composites (first, second) beside the shares of each song's listeners, with intervals.

    pair_exact: the pair is one that the listeners' shares give. first_side_right, one_side_right: the first side,
    either side, is among the two moods that they name most. What ties counts.
    """
    exact = np.array([frozenset(pair) in true_pairs(truth) for pair, truth in zip(pairs, listeners, strict=True)])
    right = right_sides(pairs, listeners)

    def figures(at: np.ndarray) -> Figures:
        return {
            "pair_exact": float(exact[at].mean()),
            "first_side_right": float(right[at, 0].mean()),
            "one_side_right": float(right[at].any(axis=1).mean()),
        }

    return with_intervals(figures, len(exact))


def right_sides(pairs: Sequence[Pair], listeners: Sequence[Shares]) -> np.ndarray:
    """bool (songs, 2): each side is among the two moods that listeners name most; any that tie count."""
    most = [named_most(truth) for truth in listeners]
    return np.array([[side in moods for side in pair] for pair, moods in zip(pairs, most, strict=True)])


def most_frequent_pair(listeners: Sequence[Shares]) -> dict[str, Any]:
    """The pair that the listeners' shares of the most songs give, and how many: the least a composite must beat."""
    pairs = [true_pairs(shares) for shares in listeners]
    frequent = _frequent(pairs)
    exact = float(np.mean([frequent in truth for truth in pairs]))
    return {"pair": sorted(frequent), "pair_exact": round(exact, 4)}


def frequent_pairs(truth: Sequence[Mapping[str, float]], folds: np.ndarray) -> list[Pair]:
    """For each song the pair that is true of the most songs of the other folds, its commoner side first."""
    pairs = [true_pairs(shares) for shares in truth]
    best = {}
    for fold in np.unique(folds):
        others = np.flatnonzero(folds != fold)
        pair = _frequent([pairs[i] for i in others])
        means = {side: float(np.mean([truth[int(i)][side] for i in others])) for side in pair}
        first, second = sorted(pair, key=lambda side: -means[side])
        best[fold] = (first, second)
    return [best[fold] for fold in folds]


def mood_rightness(pairs: Sequence[Pair], listeners: Sequence[Shares]) -> dict[str, dict[str, Interval]]:
    """For each mood and side: of the songs whose first (second) side it is, for how many it is right.

    count, right (their share), and the ends low and high of its 95 % interval; null where there is no such song.
    """
    right = right_sides(pairs, listeners)
    return {
        mood: {side: _counted(right[[pair[i] == mood for pair in pairs], i]) for i, side in enumerate(SIDES)}
        for mood in EMOTIONS
    }


def _counted(right: np.ndarray) -> Interval:
    found = wilson(int(right.sum()), len(right))
    return {"count": len(right), "right": found["value"], "low": found["low"], "high": found["high"]}


def _frequent(pairs: Sequence[set[frozenset[str]]]) -> frozenset[str]:
    counts = Counter(pair for truth in pairs for pair in truth)
    return max(sorted(counts, key=sorted), key=lambda pair: counts[pair])
