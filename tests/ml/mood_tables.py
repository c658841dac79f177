"""Scores made by hand, and a reference library in which each score is spread evenly."""

from __future__ import annotations

from typing import Any

from ml.calibration import Calibration, Logistic, Reference
from ml.moods import CLUSTERS, EMOTIONS, LEVELS, MOOD_NAMES, QUADRANTS, REFERENCE_NAMES

SPREADS = {
    **dict.fromkeys((*REFERENCE_NAMES, *MOOD_NAMES), (0.0, 0.6)),
    **dict.fromkeys(QUADRANTS, (0.0, 0.5)),
    **dict.fromkeys(CLUSTERS, (0.0, 0.4)),
    **{name: (0.0, 0.5 * len(level.weights)) for name, level in LEVELS.items()},
    "pleasantness": (-2.0, 3.0),
    "valence": (1.0, 9.0),
    "arousal": (1.0, 9.0),
}
EVEN = Reference({
    name: tuple(low + (high - low) * step / 20 for step in range(21)) for name, (low, high) in SPREADS.items()
})  # fmt: skip

PLAIN = Calibration(first=Logistic(0.0, 1.0, 2.0), second=Logistic(-0.5, 1.0, 2.0), threshold=0.4)


def shares(rest: float = 0.0, **given: float) -> dict[str, float]:
    """Listeners' shares: those given, the same for all others."""
    return {**dict.fromkeys(EMOTIONS, rest), **given}


def scores(valence: float = 5.0, arousal: float = 5.0, rest: float = 0.3, **given: float) -> dict[str, Any]:
    """Scores that lie in the middle of the reference library where nothing else is given."""
    known = {
        **dict.fromkeys(EMOTIONS, rest),
        **dict.fromkeys(QUADRANTS, 0.25),
        **dict.fromkeys(CLUSTERS, 0.2),
        **given,
    }
    return {
        "emotions": {name: known[name] for name in EMOTIONS},
        "quadrants": {name: known[name] for name in QUADRANTS},
        "clusters": {name: known[name] for name in CLUSTERS},
        "valence": valence,
        "arousal": arousal,
    }


def moods(rest: float = 0.1, **given: float) -> dict[str, float]:
    """Chances of the sixteen mood terms: those given, the same for all others."""
    return {**dict.fromkeys(MOOD_NAMES, rest), **given}


def term_scores(valence: float = 5.0, arousal: float = 5.0, rest: float = 0.1, **given: float) -> dict[str, Any]:
    """Scores of a model that knows the mood terms; `given` are chances of terms or of quadrants."""
    terms = {name: chance for name, chance in given.items() if name in MOOD_NAMES}
    others = {name: chance for name, chance in given.items() if name not in MOOD_NAMES}
    return {"moods": moods(rest, **terms), **scores(valence, arousal, **others)}
