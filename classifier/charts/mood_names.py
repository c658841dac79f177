"""Composite moods as pages show them: the name in parts, so that each side has its own colour, and the confidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier import ml_gateway
from classifier.charts.number_text import confidence_text, percent
from classifier.charts.song.passages import Passage


def css_name(key: str) -> str:
    """The part of CSS class names that gives a mood its colour; an emotion has that of its term."""
    return ml_gateway.term_of(key)


def word(key: str) -> ml_gateway.Word:
    """The mood term with this key, or the emotion, of which older results are made."""
    return ml_gateway.MOODS.get(key) or ml_gateway.EMOTIONS[key]


@dataclass(frozen=True)
class Side:
    """One side of a composite mood."""

    key: str
    confidence: float | None = None

    @property
    def css(self) -> str:
        return css_name(self.key)

    @property
    def term(self) -> str:
        return ml_gateway.term_of(self.key)

    @property
    def adjective(self) -> str:
        return word(self.key).adjective

    @property
    def noun(self) -> str:
        return word(self.key).noun

    @property
    def description(self) -> str:
        return word(self.key).description

    @property
    def percent(self) -> int:
        return percent(self.confidence or 0.0)

    @property
    def confidence_text(self) -> str:
        return confidence_text(self.percent)


@dataclass(frozen=True)
class CompositeMood:
    """A composite mood's name in parts."""

    name: str
    first: Side
    second: Side | None
    joined_by: str
    certain: bool

    @classmethod
    def from_answer(cls, mood: Mapping[str, Any]) -> "CompositeMood":
        """From the `mood` of an analysis result."""
        return cls(
            name=mood["name"],
            first=Side(mood["primary"], mood["confidence"]),
            second=Side(mood["secondary"], mood["secondary_confidence"]),
            joined_by=mood["joined_by"] if mood["certain"] else "or",
            certain=mood["certain"],
        )

    @classmethod
    def from_passage(cls, passage: Passage) -> "CompositeMood":
        """The mood of a passage; its confidence belongs to the first side alone."""
        return cls(
            name=passage.name,
            first=Side(passage.primary, passage.confidence),
            second=Side(passage.secondary),
            joined_by=passage.joined_by if passage.certain else "or",
            certain=passage.certain,
        )

    @classmethod
    def from_keys(cls, primary: str, secondary: str) -> "CompositeMood | None":
        """The moods a user set, without a confidence; None if `primary` is empty."""
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
        """CSS classes that give an element the colours of both sides."""
        return f"first-{self.first.css} second-{(self.second or self.first).css}"
