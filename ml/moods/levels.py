"""Sums and means of the chances of the sixteen moods, which the rules of the genres compare with a library."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ml.moods.vocabulary import MOODS

NEUTRAL_VALENCE = 5.0


@dataclass(frozen=True)
class Level:
    """A number made of the chances of moods: their weighted sum, or their weighted mean.

    `weights` has a number for each mood that counts. The mean is the sum divided by the sum of all sixteen chances.
    """

    name: str
    weights: Mapping[str, float]
    is_mean: bool = False

    def value(self, moods: Mapping[str, float]) -> float:
        """Its value for the sixteen chances; a mean is 0 where all chances are 0."""
        total = math.fsum(weight * moods[mood] for mood, weight in self.weights.items())
        if not self.is_mean:
            return total
        every = math.fsum(moods.values())
        return total / every if every > 0 else 0.0

    @property
    def text(self) -> str:
        """In words: "calmness and tenderness together"."""
        if self.is_mean:
            return "the pleasantness (valence) of its moods"
        if len(self.weights) == len(MOODS):
            return "all sixteen moods together"
        *most, last = [MOODS[mood].noun for mood in MOODS if mood in self.weights]
        return f"{', '.join(most)} and {last} together" if most else last


def _sum(name: str, *moods: str) -> Level:
    return Level(name, dict.fromkeys(moods or MOODS, 1.0))


# The names differ from those of all scores, because a reference library has both.
LEVELS: dict[str, Level] = {level.name: level for level in (
    Level("pleasantness", {key: round(mood.valence - NEUTRAL_VALENCE, 2) for key, mood in MOODS.items()}, is_mean=True),
    _sum("cheer", "joyful", "playful"),
    _sum("drive", "joyful", "energetic", "powerful"),
    _sum("rest", "tender", "calm", "dreamy"),
    _sum("warmth", "nostalgic", "tender"),
    _sum("grandeur", "powerful", "solemn"),
    _sum("gravity", "sad", "calm", "solemn"),
    _sum("force", "energetic", "powerful", "angry"),
    _sum("unease", "tense", "dark", "sad"),
    _sum("distress", "angry", "tense", "dark", "sad"),
    _sum("playfulness", "playful"),
    _sum("fullness"),
)}  # fmt: skip
"""The levels that the rules of a new bundle use. Reference libraries have the rank of each."""


def levels(moods: Mapping[str, float]) -> dict[str, float]:
    """The value of each of `LEVELS` for the sixteen chances."""
    return {name: level.value(moods) for name, level in LEVELS.items()}
