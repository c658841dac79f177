"""For which kinds of music it hears well: figures by the genres that the collections' own catalogues name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ml.moods import EMOTIONS
from ml.training.evaluation.metrics import Figures, class_figures, share_figures, with_intervals

LEAST_CLIPS = 15


def members(genres: Sequence[str], least: int = LEAST_CLIPS) -> dict[str, np.ndarray]:
    """Indices of the clips of each genre that has at least `least`; a clip may be in several, "Jazz;Latin"."""
    names = sorted({name for listed in genres for name in listed.split(";") if name})
    found = {name: np.array([i for i, listed in enumerate(genres) if name in listed.split(";")]) for name in names}
    return {name: rows for name, rows in found.items() if len(rows) >= least}


def classes_by_genre(chances: np.ndarray, labels: np.ndarray, genres: Sequence[str]) -> dict[str, Any]:
    """count, accuracy and macro_f1 (over the classes that the genre has) of each genre, with intervals."""

    def figures(rows: np.ndarray) -> Figures:
        found = class_figures(chances[rows], labels[rows])
        present = len(np.unique(labels[rows])) / chances.shape[1]
        return {"accuracy": found["accuracy"], "macro_f1": found["macro_f1"] / present}

    return _by_genre(figures, members(genres))


def shares_by_genre(found: np.ndarray, truth: np.ndarray, genres: Sequence[str]) -> dict[str, Any]:
    """count and mean_r of each genre, with intervals. Inside a genre shares vary less, so correlations are lower."""
    return _by_genre(
        lambda rows: {"mean_r": share_figures(found[rows], truth[rows], EMOTIONS)["mean_r"]}, members(genres)
    )


def _by_genre(figures: Callable[[np.ndarray], Figures], groups: Mapping[str, np.ndarray]) -> dict[str, Any]:
    def inside(rows: np.ndarray) -> dict[str, dict[str, float]]:
        return with_intervals(lambda at: figures(rows[at]), len(rows))

    return {name: {"count": len(rows), **inside(rows)} for name, rows in groups.items()}
