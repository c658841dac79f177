"""How often a network is right about songs that it did not learn from.

A network names, for a song of one mood, the likeliest; where songs may carry several, every mood with a chance of one
half or more, and always the likeliest.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ml.training.evaluation.metrics import calibration_error
from ml.training.evaluation.reliability import expected_error_if_calibrated, reliability_bins

PREDICTED_FROM = 0.5
DRAWS = 1000


def predicted_moods(chances: np.ndarray, multi_label: bool) -> np.ndarray:
    """Which moods are named: bool (songs, moods)."""
    likeliest = np.eye(chances.shape[1], dtype=bool)[chances.argmax(axis=1)]
    return likeliest | (chances >= PREDICTED_FROM) if multi_label else likeliest


def song_metrics(
    chances: np.ndarray, truth: np.ndarray, moods: tuple[str, ...], artists: np.ndarray, multi_label: bool
) -> dict[str, Any]:
    """All figures of judged songs. `chances` float32 and `truth` bool are (songs, moods), `artists` (songs,).

    accuracy: share of songs whose likeliest mood is one of theirs. exact: whose named moods are just theirs (the
    same, where songs carry one mood). macro_f1: mean F1 over moods. Intervals are 95 %, by drawing artists anew with
    all their songs (bootstrap, Efron 1979). most_frequent: the accuracy of always naming the mood that is most
    frequent among these songs. calibration_error: expected calibration error over ten bins (Naeini et al. 2015);
    calibration_expected: what so few songs would show if every confidence were true.
    """
    predicted = predicted_moods(chances, multi_label)
    confidence, correct = confidences(chances, truth, multi_label)
    metrics = {"accuracy": _accuracy, "exact": _exact, "macro_f1": _macro_f1}
    samples = _draws(artists)
    intervals = {
        name: _interval(
            figure(chances, predicted, truth), [figure(chances[d], predicted[d], truth[d]) for d in samples]
        )
        for name, figure in metrics.items()
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
    """How sure, and whether right: of the likeliest mood; where songs carry several, of each mood by itself."""
    if multi_label:
        return chances.ravel(), truth.ravel().astype(bool)
    return chances.max(axis=1), _top1_hits(chances, truth)


def mood_confusion(chances: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """int (moods, moods): songs that carry the row's mood and whose likeliest mood is the column's.

    A song of several moods counts in the row of each.
    """
    likeliest = np.eye(chances.shape[1], dtype=int)[chances.argmax(axis=1)]
    return truth.T.astype(int) @ likeliest


def coverage_points(confidence: np.ndarray, correct: np.ndarray) -> list[dict[str, float]]:
    """The surest song, the surest two, ...: at most fifty points of coverage, least confidence, accuracy."""
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
    hits = (predicted & truth).sum(axis=0)
    return float(np.mean(2 * hits / np.maximum(predicted.sum(axis=0) + truth.sum(axis=0), 1)))


def _by_mood(predicted: np.ndarray, truth: np.ndarray) -> dict[str, float | int]:
    """Songs that carry it, that were named so, and precision, recall and F1; 0 where nothing can be counted."""
    hits = int(np.sum(predicted & truth))
    return {
        "songs": int(truth.sum()),
        "named": int(predicted.sum()),
        "precision": round(hits / max(1, int(predicted.sum())), 4),
        "recall": round(hits / max(1, int(truth.sum())), 4),
        "f1": round(2 * hits / max(1, int(predicted.sum() + truth.sum())), 4),
    }


def _draws(artists: np.ndarray) -> list[np.ndarray]:
    names = sorted(set(artists.tolist()))
    songs = [np.flatnonzero(artists == name) for name in names]
    random = np.random.default_rng(0)
    return [np.concatenate([songs[i] for i in random.integers(0, len(names), len(names))]) for _ in range(DRAWS)]


def _interval(value: float, samples: list[float]) -> dict[str, float]:
    low, high = np.percentile(samples, [2.5, 97.5])
    return {"value": round(value, 4), "low": round(float(low), 4), "high": round(float(high), 4)}
