"""How the pieces of a song make one answer for the song."""

from __future__ import annotations

import numpy as np

TIE_BREAKER = 1e-3
"""What the pieces' mean counts beside their votes: less than one vote of any song's, which has 80 pieces at most."""


def voted(chances: np.ndarray, vote: str = "mean") -> np.ndarray:
    """The chances of a song, float32 (classes,), from those of its pieces, (pieces, classes).

    "mean": their mean. "majority": the share of the pieces whose likeliest class it is. Where classes tie in votes,
    as when three pieces name three moods, the one with the higher mean chance leads, by a thousandth of that chance;
    where these tie too, the first in order.
    """
    mean = chances.mean(axis=0)
    if vote == "majority":
        votes = np.eye(chances.shape[1])[chances.argmax(axis=1)].mean(axis=0)
        mean = (votes + TIE_BREAKER * mean) / (1 + TIE_BREAKER)
    return mean.astype(np.float32)
