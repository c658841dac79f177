"""Composite moods as pages show them: the name in parts, so that each side has its own colour, and the confidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier import ml_gateway
from classifier.active_words import active_words
from classifier.active_words import word as word
from classifier.charts.number_text import confidence_text, percent
from classifier.charts.song.passages import Passage


def css_name(key: str) -> str:
    """The part of CSS class names that gives a mood its colour; an emotion has that of its term."""
    term = ml_gateway.base_term(key)
    return ml_gateway.term_of(term) + key.removeprefix(term).replace(".", "-")


@dataclass(frozen=True)
class Side:
    """One side of a composite mood: a term or an emotion."""

    key: str
    confidence: float | None = None
    part: str = ""
    """The key of the part of a split term, which gives the side its words and its colour; empty without one."""

    @property
    def css(self) -> str:
        return css_name(self.part or self.key)

    @property
    def term(self) -> str:
        return ml_gateway.term_of(self.key)

    @property
    def adjective(self) -> str:
        return active_words().words.adjective(self._words_of)

    @property
    def adjective_inside(self) -> str:
        """As it stands inside a name or a sentence."""
        return active_words().words.words(self._words_of).adjective

    @property
    def noun(self) -> str:
        return active_words().words.noun(self._words_of)

    @property
    def description(self) -> str:
        return active_words().words.description(self._words_of)

    @property
    def _words_of(self) -> str:
        """A part of a split that the vocabulary has no more is called by its term."""
        return self.part if self.part in active_words().parts else self.key

    @property
    def percent(self) -> int:
        return percent(self.confidence or 0.0)

    @property
    def confidence_text(self) -> str:
        return confidence_text(self.percent)


@dataclass(frozen=True)
class CompositeMood:
    """A composite mood's name in parts."""

    first: Side
    second: Side | None
    conjunction: str
    """ "and" or "but"; empty without a second side."""
    certain: bool

    @classmethod
    def from_answer(cls, mood: Mapping[str, Any]) -> "CompositeMood":
        """From the `mood` of an analysis result."""
        return cls(
            first=Side(mood["primary"], mood["confidence"], _part(mood, "primary")),
            second=Side(mood["secondary"], mood["secondary_confidence"], _part(mood, "secondary")),
            conjunction=mood["joined_by"],
            certain=mood["certain"],
        )

    @classmethod
    def from_passage(cls, passage: Passage) -> "CompositeMood":
        """The mood of a passage; its confidence belongs to the first side alone."""
        return cls(
            first=Side(passage.primary, passage.confidence),
            second=Side(passage.secondary),
            conjunction=passage.joined_by,
            certain=passage.certain,
        )

    @classmethod
    def from_keys(cls, primary: str, secondary: str) -> "CompositeMood | None":
        """The moods a user set, without a confidence; None if `primary` is empty."""
        if not primary:
            return None
        first, second = (active_words().shown(key) for key in (primary, secondary))
        if second in ("", first):
            return cls(Side(first), None, "", certain=True)
        return cls(Side(first), Side(second), ml_gateway.joined_by(first, second), certain=True)

    @property
    def name(self) -> str:
        words, (first, *others) = active_words().words, self.sides
        if not self.certain:
            return words.mixed_of(*(side.adjective_inside for side in self.sides))
        if not others:
            return first.adjective
        return words.joined(first.adjective, others[0].adjective_inside, self.conjunction)

    @property
    def first_text(self) -> str:
        """The first side as it stands in the name."""
        return self.first.adjective if self.certain else self.first.adjective_inside

    @property
    def second_text(self) -> str:
        return self.second.adjective_inside if self.second else ""

    @property
    def joined_by(self) -> str:
        """What stands between the sides, as a word: "but", "aber", or "or" for candidates."""
        return self._between.strip(", ")

    @property
    def comma(self) -> str:
        """Before that word, if the language has one there."""
        return "," if self._between.startswith(",") else ""

    @property
    def _between(self) -> str:
        words = active_words().words
        if self.second is None:
            return ""
        return words.between(self.second_text, self.conjunction) if self.certain else words.or_before(self.second_text)

    @property
    def mixed(self) -> str:
        """What stands before the candidates of an uncertain result: "Mixed:"."""
        return active_words().words.language.conjunctions.mixed.strip()

    @property
    def sides(self) -> list[Side]:
        return [self.first, self.second] if self.second else [self.first]

    @property
    def css(self) -> str:
        """CSS classes that give an element the colours of both sides."""
        return f"first-{self.first.css} second-{(self.second or self.first).css}"


def _part(mood: Mapping[str, Any], side: str) -> str:
    key = str(mood.get(f"{side}_key") or "")
    return key if key != mood[side] else ""
