"""Cliff's delta: how well a feature separates two moods."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata


def cliffs_delta(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cliff's delta of every feature: float64 (features,), -1..1.

    `a` (songs, features) and `b` (other songs, features), one song at least each. The chance that a song of `a` lies
    above one of `b` minus the chance that it lies below: 1 or -1 for complete separation, 0 for none; twice the
    area under the ROC curve minus one. It depends on order only. Source: N. Cliff, "Dominance statistics" (1993).
    """
    if not len(a) or not len(b):
        raise ValueError(f"Both sides need songs; there are {len(a)} and {len(b)}.")
    ranks = rankdata(np.concatenate([a, b]), axis=0)
    above = ranks[: len(a)].sum(axis=0) - len(a) * (len(a) + 1) / 2
    return 2 * above / (len(a) * len(b)) - 1


def pairwise_cliffs_delta(by_mood: dict[str, np.ndarray]) -> dict[tuple[str, str], np.ndarray]:
    """Cliff's delta of each pair of moods, in their order."""
    moods = list(by_mood)
    return {
        (one, other): cliffs_delta(by_mood[one], by_mood[other])
        for place, one in enumerate(moods)
        for other in moods[place + 1 :]
    }
