"""How often a network is right about songs that it did not learn from.

A network names, for a song of one mood, the likeliest; where songs may carry several, every mood with a chance of one
half or more, and always the likeliest.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ml.training.evaluation.metrics import calibration_error
from ml.training.evaluation.reliability import expected_error_if_calibrated, reliability_bins

NAMED_FROM = 0.5
DRAWS = 1000


def named(chances: np.ndarray, several: bool) -> np.ndarray:
    """Which moods are named: bool (songs, moods)."""
    likeliest = np.eye(chances.shape[1], dtype=bool)[chances.argmax(axis=1)]
    return likeliest | (chances >= NAMED_FROM) if several else likeliest


def figures(
    chances: np.ndarray, truth: np.ndarray, moods: tuple[str, ...], artists: np.ndarray, several: bool
) -> dict[str, Any]:
    """All figures of judged songs. `chances` float32 and `truth` bool are (songs, moods), `artists` (songs,).

    accuracy: share of songs whose likeliest mood is one of theirs. exact: whose named moods are just theirs (the
    same, where songs carry one mood). macro_f1: mean F1 over moods. Intervals are 95 %, by drawing artists anew with
    all their songs (bootstrap, Efron 1979). most_frequent: the accuracy of always naming the mood that is most
    frequent among these songs. calibration_error: expected calibration error over ten bins (Naeini et al. 2015);
    calibration_expected: what so few songs would show if every confidence were true.
    """
    said = named(chances, several)
    sure, right = confidences(chances, truth, several)
    numbers = {"accuracy": _accuracy, "exact": _exact, "macro_f1": _macro_f1}
    draws = _draws(artists)
    intervals = {
        name: _interval(figure(chances, said, truth), [figure(chances[d], said[d], truth[d]) for d in draws])
        for name, figure in numbers.items()
    }
    return {
        "songs": len(truth),
        "artists": len(set(artists.tolist())),
        **intervals,
        "most_frequent": round(float(truth.mean(axis=0).max()), 4),
        "calibration_error": round(calibration_error(sure, right), 4),
        "calibration_expected": expected_error_if_calibrated(sure),
        "by_mood": {mood: _by_mood(said[:, i], truth[:, i]) for i, mood in enumerate(moods)},
        "confusion": {"moods": list(moods), "counts": confusion(chances, truth).tolist()},
        "reliability": reliability_bins(sure, right),
        "coverage": coverage_points(chances.max(axis=1), _likeliest_right(chances, truth)),
    }


def confidences(chances: np.ndarray, truth: np.ndarray, several: bool) -> tuple[np.ndarray, np.ndarray]:
    """How sure, and whether right: of the likeliest mood; where songs carry several, of each mood by itself."""
    if several:
        return chances.ravel(), truth.ravel().astype(bool)
    return chances.max(axis=1), _likeliest_right(chances, truth)


def confusion(chances: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """int (moods, moods): songs that carry the row's mood and whose likeliest mood is the column's.

    A song of several moods counts in the row of each.
    """
    likeliest = np.eye(chances.shape[1], dtype=int)[chances.argmax(axis=1)]
    return truth.T.astype(int) @ likeliest


def coverage_points(sure: np.ndarray, right: np.ndarray) -> list[dict[str, float]]:
    """The surest song, the surest two, ...: at most fifty points of coverage, least confidence, accuracy."""
    order = np.argsort(-sure, kind="stable")
    counts = np.unique(np.linspace(1, len(order), min(50, len(order))).round().astype(int))
    return [
        {
            "coverage": round(int(count) / len(order), 4),
            "confidence": round(float(sure[order[count - 1]]), 4),
            "accuracy": round(float(right[order[:count]].mean()), 4),
        }
        for count in counts
    ]


def _likeliest_right(chances: np.ndarray, truth: np.ndarray) -> np.ndarray:
    return truth[np.arange(len(truth)), chances.argmax(axis=1)].astype(bool)


def _accuracy(chances: np.ndarray, said: np.ndarray, truth: np.ndarray) -> float:
    return float(_likeliest_right(chances, truth).mean())


def _exact(chances: np.ndarray, said: np.ndarray, truth: np.ndarray) -> float:
    return float((said == truth).all(axis=1).mean())


def _macro_f1(chances: np.ndarray, said: np.ndarray, truth: np.ndarray) -> float:
    hits = (said & truth).sum(axis=0)
    return float(np.mean(2 * hits / np.maximum(said.sum(axis=0) + truth.sum(axis=0), 1)))


def _by_mood(said: np.ndarray, truth: np.ndarray) -> dict[str, float | int]:
    """Songs that carry it, that were named so, and precision, recall and F1; 0 where nothing can be counted."""
    hits = int(np.sum(said & truth))
    return {
        "songs": int(truth.sum()),
        "named": int(said.sum()),
        "precision": round(hits / max(1, int(said.sum())), 4),
        "recall": round(hits / max(1, int(truth.sum())), 4),
        "f1": round(2 * hits / max(1, int(said.sum() + truth.sum())), 4),
    }


def _draws(artists: np.ndarray) -> list[np.ndarray]:
    names = sorted(set(artists.tolist()))
    songs = [np.flatnonzero(artists == name) for name in names]
    random = np.random.default_rng(0)
    return [np.concatenate([songs[i] for i in random.integers(0, len(names), len(names))]) for _ in range(DRAWS)]


def _interval(value: float, drawn: list[float]) -> dict[str, float]:
    low, high = np.percentile(drawn, [2.5, 97.5])
    return {"value": round(value, 4), "low": round(float(low), 4), "high": round(float(high), 4)}
