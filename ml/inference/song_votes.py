"""From the probabilities of a song's pieces to those of the song, and to its predicted moods."""

from __future__ import annotations

import numpy as np

TIE_BREAKER = 1e-3
"""Weight of the mean relative to the votes: less than one vote of a song, which has at most 80 pieces."""
PREDICTED_FROM = 0.5


def song_probabilities(chances: np.ndarray, vote: str = "mean") -> np.ndarray:
    """The probabilities of a song, float32 (classes,), from those of its pieces, (pieces, classes).

    "mean": their mean. "majority": the share of pieces for which the class is the most probable one; the mean breaks
    ties, then the order of classes.
    """
    mean = chances.mean(axis=0)
    if vote == "majority":
        votes = np.eye(chances.shape[1])[chances.argmax(axis=1)].mean(axis=0)
        mean = (votes + TIE_BREAKER * mean) / (1 + TIE_BREAKER)
    probabilities: np.ndarray = mean.astype(np.float32)
    return probabilities


def predicted_moods(chances: np.ndarray, multi_label: bool) -> np.ndarray:
    """The predicted moods, bool (songs, moods): the most probable one; if songs may have several moods, also every
    mood with a probability of at least one half."""
    likeliest: np.ndarray = np.eye(chances.shape[1], dtype=bool)[chances.argmax(axis=1)]
    if multi_label:
        likeliest |= chances >= PREDICTED_FROM
    return likeliest
