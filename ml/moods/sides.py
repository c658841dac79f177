"""Which names a rule fits: demands on the places of a name's two moods in the valence-arousal plane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from ml.calibration import corrupt, finite
from ml.moods.vocabulary import MOODS

Who = Literal["first", "second", "one", "both", "none"]
WHO: tuple[Who, ...] = get_args(Who)
SCALE = (1.0, 10.0)
"""The whole range of valence or arousal; the upper end of a range is outside it."""

SUBJECTS: dict[Who, str] = {
    "first": "its first mood is",
    "second": "its second mood is",
    "one": "at least one mood is",
    "both": "both moods are",
    "none": "neither mood is",
}
OPPOSITE_SUBJECTS: dict[Who, str] = {
    "first": "its first mood is not",
    "second": "its second mood is not",
    "one": "at least one mood is not",
    "both": "neither mood is",
    "none": "both moods are other than",
}


@dataclass(frozen=True)
class SideDemand:
    """Holds if the first mood, the second, at least one, both or none of a name lie in a part of the plane.

    `valence` and `arousal` are ranges on the 1..9 scale, the lower end inside, the upper end outside.
    """

    who: Who
    valence: tuple[float, float] = SCALE
    arousal: tuple[float, float] = SCALE

    def includes(self, mood: str) -> bool:
        """Whether a mood term lies in this part of the plane."""
        place, (low, high), (quiet, lively) = MOODS[mood], self.valence, self.arousal
        return low <= place.valence < high and quiet <= place.arousal < lively

    def holds(self, sides: Sequence[str]) -> bool:
        """Whether it holds for a name's moods: the keys of one or two terms, the first one first.

        What only a second mood can violate holds for a name of one mood.
        """
        inside = [self.includes(mood) for mood in sides]
        if self.who == "first":
            return inside[0]
        if self.who == "second":
            return all(inside[1:])
        if self.who == "both":
            return all(inside)
        return any(inside) == (self.who == "one")

    @property
    def text(self) -> str:
        """Its moods in words, or those of the rest if these are fewer: "its first mood is angry, tense or dark"."""
        inside = [mood.adjective.lower() for mood in MOODS.values() if self.includes(mood.key)]
        outside = [mood.adjective.lower() for mood in MOODS.values() if not self.includes(mood.key)]
        if len(inside) <= len(outside):
            return f"{SUBJECTS[self.who]} {_listed(inside)}"
        return f"{OPPOSITE_SUBJECTS[self.who]} {_listed(outside)}"

    def to_card(self) -> dict[str, Any]:
        return {"who": self.who, "valence": list(self.valence), "arousal": list(self.arousal)}

    @classmethod
    def from_card(cls, values: Mapping[str, Any]) -> SideDemand:
        """A demand in a card. Raises MoodError("model_corrupt")."""
        try:
            who, ranges = values["who"], [tuple(values[name]) for name in ("valence", "arousal")]
        except (KeyError, TypeError) as error:
            raise corrupt("The model's card has no usable demands of its genres on names") from error
        if who not in WHO or any(len(ends) != 2 for ends in ranges):
            raise corrupt(f"A genre's demand on names is {dict(values)!r}")
        valence, arousal = ((finite(ends[0], "place"), finite(ends[1], "place")) for ends in ranges)
        return cls(who, valence, arousal)


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
