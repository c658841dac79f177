"""Moods as pages show them: names in parts, so that each side carries its own colour, and confidence in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier import ml_gateway
from classifier.charts.number_text import confidence_words, percent
from classifier.charts.song.passages import Passage


@dataclass(frozen=True)
class Side:
    """One side of a composite mood."""

    key: str
    confidence: float | None = None

    @property
    def css(self) -> str:
        return self.key.replace("_", "-")

    @property
    def adjective(self) -> str:
        return ml_gateway.MOODS[self.key].adjective

    @property
    def description(self) -> str:
        return ml_gateway.MOODS[self.key].description

    @property
    def percent(self) -> int:
        return percent(self.confidence or 0.0)

    @property
    def words(self) -> str:
        return confidence_words(self.percent)


@dataclass(frozen=True)
class Headline:
    """A composite mood's name in parts."""

    name: str
    first: Side
    second: Side | None
    joined_by: str
    certain: bool

    @classmethod
    def of(cls, mood: Mapping[str, Any]) -> "Headline":
        return cls(
            name=mood["name"],
            first=Side(mood["primary"], mood["confidence"]),
            second=Side(mood["secondary"], mood["secondary_confidence"]),
            joined_by=mood["joined_by"] if mood["certain"] else "or",
            certain=mood["certain"],
        )

    @classmethod
    def of_passage(cls, passage: Passage) -> "Headline":
        """What is heard in a stretch of the song; its confidence is told of the first side alone."""
        return cls(
            name=passage.name,
            first=Side(passage.primary, passage.confidence),
            second=Side(passage.secondary),
            joined_by=passage.joined_by if passage.certain else "or",
            certain=passage.certain,
        )

    @classmethod
    def stated(cls, primary: str, secondary: str) -> "Headline | None":
        """What a person said; no confidence belongs to it."""
        if not primary:
            return None
        return cls(
            name=ml_gateway.composite_name(primary, secondary),
            first=Side(primary),
            second=Side(secondary) if secondary else None,
            joined_by=ml_gateway.joined_by(primary, secondary) if secondary else "",
            certain=True,
        )

    @property
    def sides(self) -> list[Side]:
        return [self.first, self.second] if self.second else [self.first]

    @property
    def css(self) -> str:
        """Classes that give an element the colours of both sides."""
        return f"first-{self.first.css} second-{(self.second or self.first).css}"
