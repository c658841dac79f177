"""A composite mood: two sides, their confidence, the alternatives and the genres, and its JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ml.moods.scores import TIE_DECIMALS
from ml.moods.vocabulary import composite_name, joined_by, mixed_name

ALTERNATIVES = 3
Pair = tuple[str, str]


@dataclass(frozen=True)
class Composite:
    """A composite mood: two sides with their confidence (0..1), the alternatives and the genres.

    The sides are mood terms; those of models before mood-4 are emotions.
    """

    primary: str
    secondary: str
    confidence: float
    secondary_confidence: float
    certain: bool
    alternatives: tuple[dict[str, Any], ...]
    genres: dict[str, float]

    @property
    def name(self) -> str:
        name = composite_name if self.certain else mixed_name
        return name(self.primary, self.secondary)

    @property
    def joined_by(self) -> str:
        return joined_by(self.primary, self.secondary)

    @property
    def genre(self) -> str:
        """The strongest genre; the first one on a tie, so that Other wins only if no rule holds."""
        return max(self.genres, key=lambda name: round(self.genres[name], TIE_DECIMALS))

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "primary": self.primary,
            "secondary": self.secondary,
            "joined_by": self.joined_by,
            "confidence": round(self.confidence, 4),
            "secondary_confidence": round(self.secondary_confidence, 4),
            "certain": self.certain,
            "genre": self.genre,
        }
