"""Metrics by music genre, as the collections' own catalogues name it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ml.moods import EMOTION_NAMES
from ml.training.evaluation.metrics import Metrics, bootstrap_intervals, classification_metrics, emotion_share_metrics

LEAST_CLIPS = 15


def clips_by_genre(genres: Sequence[str], minimum: int = LEAST_CLIPS) -> dict[str, np.ndarray]:
    """Clip indices of each genre with at least `least` clips. A clip may have several genres: "Jazz;Latin"."""
    names = sorted({name for names_of_clip in genres for name in names_of_clip.split(";") if name})
    rows_of = {
        name: np.array([i for i, names_of_clip in enumerate(genres) if name in names_of_clip.split(";")])
        for name in names
    }
    return {name: rows for name, rows in rows_of.items() if len(rows) >= minimum}


def class_metrics_by_genre(chances: np.ndarray, labels: np.ndarray, genres: Sequence[str]) -> dict[str, Any]:
    """count, accuracy and macro_f1 (over the classes in the genre) of each genre, with intervals."""

    def metrics_of(rows: np.ndarray) -> Metrics:
        metrics = classification_metrics(chances[rows], labels[rows])
        present = len(np.unique(labels[rows])) / chances.shape[1]
        return {"accuracy": metrics["accuracy"], "macro_f1": metrics["macro_f1"] / present}

    return _by_genre(metrics_of, clips_by_genre(genres))


def share_metrics_by_genre(predicted: np.ndarray, truth: np.ndarray, genres: Sequence[str]) -> dict[str, Any]:
    """count and mean_r of each genre, with intervals. Shares vary less within a genre, so correlations are lower."""
    return _by_genre(
        lambda rows: {"mean_r": emotion_share_metrics(predicted[rows], truth[rows], EMOTION_NAMES)["mean_r"]},
        clips_by_genre(genres),
    )


def _by_genre(metrics_of: Callable[[np.ndarray], Metrics], groups: Mapping[str, np.ndarray]) -> dict[str, Any]:
    def inside(rows: np.ndarray) -> dict[str, dict[str, float]]:
        return bootstrap_intervals(lambda at: metrics_of(rows[at]), len(rows))

    return {name: {"count": len(rows), **inside(rows)} for name, rows in groups.items()}
