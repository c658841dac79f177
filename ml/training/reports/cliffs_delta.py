"""How well a feature tells two moods apart."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata


def cliffs_delta(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cliff's delta of every feature: float64 (features,), -1..1.

    `a` (songs, features) and `b` (other songs, features), one song at least each. It is the chance that a song of `a`
    lies above one of `b`, less the chance that it lies below: 1 or -1 is wholly apart, 0 is not at all; twice the area
    under the ROC curve, less one. It looks at order alone, so that one odd song or a logarithm changes nothing.
    Source: N. Cliff, "Dominance statistics" (1993).
    """
    if not len(a) or not len(b):
        raise ValueError(f"There must be songs on both sides; there are {len(a)} and {len(b)}.")
    ranks = rankdata(np.concatenate([a, b]), axis=0)
    above = ranks[: len(a)].sum(axis=0) - len(a) * (len(a) + 1) / 2
    return 2 * above / (len(a) * len(b)) - 1


def pairwise_cliffs_delta(by_mood: dict[str, np.ndarray]) -> dict[tuple[str, str], np.ndarray]:
    """Of each pair of moods, in their order."""
    moods = list(by_mood)
    return {
        (one, other): cliffs_delta(by_mood[one], by_mood[other])
        for place, one in enumerate(moods)
        for other in moods[place + 1 :]
    }
