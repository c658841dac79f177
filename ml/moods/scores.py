"""Reading and checking score mappings, and the same scores in older vocabularies."""

from __future__ import annotations

import math
from collections import ChainMap
from collections.abc import Mapping
from typing import Any

from ml.calibration import corrupt, finite
from ml.moods.levels import levels
from ml.moods.vocabulary import EMOTIONS, FEELING, MOODS, SCORE_NAMES

TIE_DECIMALS = 6
"""Values that are equal after rounding to this many decimals tie."""

# A word's weight is a product of sums of scores. An emotion's share counts relative to its prevalence, so that no mood
# wins by being common. The weights of a vocabulary are scaled to sum to 1.
VOCABULARIES: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {
    "quadrants": {"happy": (("Q1",),), "angry": (("Q2",),), "relaxed": (("Q4",),), "sad": (("Q3",),)},
    "energy": {"energetic": (("Q1", "Q2"),), "peaceful": (("Q4",),), "emotional": (("Q3",),)},
    "occasions": {
        "party": (("Q1",), ("joyful_activation",)),
        "drive": (("Q2",), ("power",)),
        "calm": (("Q4",), ("calmness",)),
        "romantic": (("Q4",), ("tenderness",)),
        "sad": (("Q3",), ("sadness",)),
    },
}


def vocabulary_view(name: str, scores: Mapping[str, Any]) -> dict[str, float]:
    """The scores in an older vocabulary ("quadrants", "energy" or "occasions"): 0..1 each, sum 1."""
    if name not in VOCABULARIES:
        raise ValueError(f"There is no vocabulary {name!r}; use one of {', '.join(VOCABULARIES)}.")
    values = {k: v / EMOTIONS[k].prevalence if k in EMOTIONS else v for k, v in flat(scores).items()}
    weights = {
        word: math.prod(sum(values[score] for score in terms) for terms in factors)
        for word, factors in VOCABULARIES[name].items()
    }
    total = sum(weights.values())
    return {word: weight / total if total > 0 else 1 / len(weights) for word, weight in weights.items()}


def flat(scores: Mapping[str, Any]) -> dict[str, float]:
    """All scores in one mapping under their own names (`REFERENCE_NAMES`), checked by `finite`.

    The mood terms and the levels made of them are among them if `scores` has "moods", which those of models before
    mood-4 lack.
    """
    groups = (scores.get(group, {}) for group in ("emotions", "quadrants", "clusters"))
    merged = ChainMap(dict(scores), *groups)
    values = {name: score(merged, name) for name in SCORE_NAMES}
    moods = mood_chances(scores) if "moods" in scores else {}
    moods |= levels(moods) if moods else {}
    return {**values, **moods, FEELING: max(values[key] for key in EMOTIONS)}


def mood_chances(scores: Mapping[str, Any]) -> dict[str, float]:
    """The chances of the sixteen mood terms, in the order of `MOODS`, checked by `finite`."""
    return {key: score(scores.get("moods", {}), key) for key in MOODS}


def emotion_shares(emotions: Mapping[str, Any]) -> dict[str, float]:
    """The shares of the nine emotions, in the order of `EMOTIONS`, checked by `finite`."""
    return {key: score(emotions, key) for key in EMOTIONS}


def score(scores: Mapping[str, Any], name: str) -> float:
    """One score as a finite number; MoodError("model_corrupt") if it is missing or not finite."""
    if name not in scores:
        raise corrupt(f"The score {name!r} is missing")
    return finite(scores[name], name)
