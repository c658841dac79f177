"""Metrics of a network on its test songs.

The prediction for a song is its most probable mood; if songs may have several moods, also every mood with a probability
of at least one half.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from ml.inference.song_votes import predicted_moods
from ml.training.evaluation.metrics import calibration_error
from ml.training.evaluation.reliability import expected_error_if_calibrated, reliability_bins
from ml.training.evaluation.significance import artist_bootstrap_samples


def song_metrics(
    chances: np.ndarray, truth: np.ndarray, moods: tuple[str, ...], artists: np.ndarray, multi_label: bool
) -> dict[str, Any]:
    """All metrics of test songs. `chances` float32 and `truth` bool are (songs, moods), `artists` (songs,).

    accuracy: the most probable mood is one of the song's. exact: the predicted moods are exactly the song's. macro_f1:
    mean F1 over moods. Intervals are 95 %, by bootstrap over artists (Efron 1979). most_frequent: accuracy of always
    predicting the most frequent mood. calibration_error: see `ml.training.evaluation.metrics.calibration_error`;
    calibration_expected: that of a perfectly calibrated network.
    """
    predicted = predicted_moods(chances, multi_label)
    confidence, correct = confidences(chances, truth, multi_label)
    metrics = {"accuracy": _accuracy, "exact": _exact, "macro_f1": _macro_f1}
    samples = artist_bootstrap_samples(artists)
    intervals = {
        name: _interval(
            metric(chances, predicted, truth), [metric(chances[d], predicted[d], truth[d]) for d in samples]
        )
        for name, metric in metrics.items()
    }
    return {
        "songs": len(truth),
        "artists": len(set(artists.tolist())),
        **intervals,
        "most_frequent": round(float(truth.mean(axis=0).max()), 4),
        "calibration_error": round(calibration_error(confidence, correct), 4),
        "calibration_expected": expected_error_if_calibrated(confidence),
        "by_mood": {mood: _by_mood(predicted[:, i], truth[:, i]) for i, mood in enumerate(moods)},
        "confusion": {"moods": list(moods), "counts": mood_confusion(chances, truth).tolist()},
        "reliability": reliability_bins(confidence, correct),
        "coverage": coverage_points(chances.max(axis=1), _top1_hits(chances, truth)),
    }


def confidences(chances: np.ndarray, truth: np.ndarray, multi_label: bool) -> tuple[np.ndarray, np.ndarray]:
    """Confidence and correctness of the most probable mood; with several moods per song, of each mood."""
    if multi_label:
        return chances.ravel(), truth.ravel().astype(bool)
    return chances.max(axis=1), _top1_hits(chances, truth)


def mood_confusion(chances: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """int (moods, moods): a row for each label, a column for each most probable mood.

    A song with several moods counts in the row of each, which `sklearn.metrics.confusion_matrix` cannot do.
    """
    likeliest = np.eye(chances.shape[1], dtype=int)[chances.argmax(axis=1)]
    return truth.T.astype(int) @ likeliest


def coverage_points(confidence: np.ndarray, correct: np.ndarray) -> list[dict[str, float]]:
    """At most fifty points of coverage, lowest confidence and accuracy, most confident songs first."""
    order = np.argsort(-confidence, kind="stable")
    counts = np.unique(np.linspace(1, len(order), min(50, len(order))).round().astype(int))
    return [
        {
            "coverage": round(int(count) / len(order), 4),
            "confidence": round(float(confidence[order[count - 1]]), 4),
            "accuracy": round(float(correct[order[:count]].mean()), 4),
        }
        for count in counts
    ]


def _top1_hits(chances: np.ndarray, truth: np.ndarray) -> np.ndarray:
    return truth[np.arange(len(truth)), chances.argmax(axis=1)].astype(bool)


def _accuracy(chances: np.ndarray, predicted: np.ndarray, truth: np.ndarray) -> float:
    return float(_top1_hits(chances, truth).mean())


def _exact(chances: np.ndarray, predicted: np.ndarray, truth: np.ndarray) -> float:
    return float((predicted == truth).all(axis=1).mean())


def _macro_f1(chances: np.ndarray, predicted: np.ndarray, truth: np.ndarray) -> float:
    """Counted here for the bootstrap's sake: see `ml.training.evaluation.metrics.classification_metrics`."""
    hits = (predicted & truth).sum(axis=0)
    return float(np.mean(2 * hits / np.maximum(predicted.sum(axis=0) + truth.sum(axis=0), 1)))


def _by_mood(predicted: np.ndarray, truth: np.ndarray) -> dict[str, float | int]:
    """Numbers of songs with this label and prediction; precision, recall and F1, 0 where undefined."""
    precision, recall, f1, _ = precision_recall_fscore_support(truth, predicted, average="binary", zero_division=0)
    return {
        "songs": int(truth.sum()),
        "named": int(predicted.sum()),
        "precision": round(float(precision), 4),
        "recall": round(float(recall), 4),
        "f1": round(float(f1), 4),
    }


def _interval(value: float, samples: list[float]) -> dict[str, float]:
    low, high = np.percentile(samples, [2.5, 97.5])
    return {"value": round(value, 4), "low": round(float(low), 4), "high": round(float(high), 4)}
