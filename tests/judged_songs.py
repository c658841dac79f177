"""Songs with the moods that an invented person states for them, for tests of measures and recalibrations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ml.moods import CLUSTERS, EMOTIONS, MOOD_NAMES, QUADRANTS
from ml.personal.judged_song import JudgedSong

Hearing = Callable[[np.ndarray, dict[str, Any]], np.ndarray]
"""From the logits of the sixteen chances, and the scores of both networks, to those of the person."""

FIGURES: dict[str, Any] = {
    "songs": 60,
    "folds": 10,
    "by_artist": True,
    "before": {"log_loss": 0.31, "calibration_error": 0.07, "first_right": 0.6, "one_right": 0.8, "named": 0.7},
    "after": {"log_loss": 0.25, "calibration_error": 0.01, "first_right": 0.62, "one_right": 0.82, "named": 0.6},
    "guess": {"log_loss": 0.36},
    "gain": {
        "log_loss": {"value": 0.06, "low": 0.04, "high": 0.08},
        "over_guess": {"value": 0.11, "low": 0.09, "high": 0.13},
        "first_right": {"value": 0.02, "low": -0.04, "high": 0.08},
        "one_right": {"value": 0.02, "low": -0.02, "high": 0.06},
    },
    "better": True,
    "reasons": [],
    "terms": {"tense": {"songs": 20, "before": 0.4, "after": 0.3}},
}
"""Of a recalibration that is better."""


def judged_songs(count: int, hearing: Hearing, *, seed: int = 7, artists: int = 40) -> list[JudgedSong]:
    """The person states the two moods that are likeliest for them, with some noise."""
    random = np.random.default_rng(seed)
    songs = []
    for number in range(count):
        logits = random.normal(-1.8, 1.2, len(MOOD_NAMES))
        models = {network: _scores(random, logits + random.normal(0, 0.3, 16)) for network in ("cnn1d", "cnn2d")}
        heard = hearing(logits, models) + random.logistic(0, 0.5, len(MOOD_NAMES))
        first, second = np.argsort(-heard)[:2]
        scores = _scores(random, logits)
        songs.append(JudgedSong(scores, models, (MOOD_NAMES[first], MOOD_NAMES[second]), f"artist {number % artists}"))
    return songs


def as_the_model(logits: np.ndarray, models: dict[str, Any]) -> np.ndarray:
    return logits


def more_tense(logits: np.ndarray, models: dict[str, Any]) -> np.ndarray:
    """A person who hears more tension than the model, and less joy."""
    return logits + 2.0 * (np.array(MOOD_NAMES) == "tense") - 2.0 * (np.array(MOOD_NAMES) == "joyful")


def at_random(logits: np.ndarray, models: dict[str, Any]) -> np.ndarray:
    return np.zeros(len(MOOD_NAMES))


def dreamy_by_arousal(logits: np.ndarray, models: dict[str, Any]) -> np.ndarray:
    """A person for whom dreamy is what lies low in arousal, whatever the chance of the mood says."""
    heard = logits.copy()
    heard[MOOD_NAMES.index("dreamy")] = -1.0 - 2.5 * (models["cnn2d"]["arousal"] - 5.0)
    return heard


def _scores(random: np.random.Generator, logits: np.ndarray) -> dict[str, Any]:
    chances, shares = 1 / (1 + np.exp(-logits)), random.uniform(0.05, 0.6, len(EMOTIONS))
    quadrants, clusters = random.dirichlet([2] * 4), random.dirichlet([2] * 5)
    return {
        "moods": _named(MOOD_NAMES, chances),
        "emotions": _named(EMOTIONS, shares),
        "quadrants": _named(QUADRANTS, quadrants),
        "clusters": _named(CLUSTERS, clusters),
        "valence": round(float(random.uniform(3, 7)), 4),
        "arousal": round(float(random.uniform(3, 7)), 4),
    }


def _named(names: Iterable[str], values: np.ndarray) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}
