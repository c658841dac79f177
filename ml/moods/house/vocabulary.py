"""A house vocabulary: which terms are shown, under which words, and to which part of a split term a song belongs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ml.moods.vocabulary import MOODS
from ml.moods.words import MoodWords, TermWords, mood_words

SEPARATOR = "."
"""Between the term and the name of a part in the key of a split: "sad.desperate"."""


@dataclass(frozen=True)
class ScoreRange:
    """A score that the rule of a split may compare, with the range of its values."""

    title: str
    low: float
    high: float


SPLIT_SCORES: dict[str, ScoreRange] = {
    "valence": ScoreRange("Valence", 1, 9),
    "arousal": ScoreRange("Arousal", 1, 9),
    "tempo_bpm": ScoreRange("Tempo (bpm)", 20, 400),
    "mode": ScoreRange("Mode (1 major, 0 minor)", 0, 1),
    **{key: ScoreRange(f"Chance of {mood.adjective}", 0, 1) for key, mood in MOODS.items()},
}


@dataclass(frozen=True)
class Condition:
    """Holds if a score is above, or below, a value; not where the song has no such score."""

    score: str
    """One of SPLIT_SCORES."""
    is_above: bool
    value: float

    def holds(self, values: Mapping[str, float]) -> bool:
        value = values.get(self.score)
        return value is not None and (value > self.value if self.is_above else value < self.value)


@dataclass(frozen=True)
class Split:
    """A part of a term: the songs of the term for which all conditions hold."""

    key: str
    """The term and the part: "sad.desperate"."""
    name: str
    description: str
    colour: str
    """#rrggbb; empty for that of the term."""
    conditions: tuple[Condition, ...]

    @property
    def term(self) -> str:
        return base_term(self.key)

    def holds(self, values: Mapping[str, float]) -> bool:
        return all(condition.holds(values) for condition in self.conditions)


@dataclass(frozen=True)
class TermChange:
    """What a house vocabulary says of one of the sixteen terms; empty texts keep what is shipped."""

    name: str = ""
    description: str = ""
    colour: str = ""
    is_hidden: bool = False
    merged_into: str = ""
    """The term as which it is shown."""
    from_chance: float = 0.0
    """0..1: with a lower chance, the term is not named."""


UNCHANGED = TermChange()


@dataclass(frozen=True)
class HouseVocabulary:
    """Own words, and rules over the scores. Without any change it gives the shipped names."""

    name: str = ""
    language: str = ""
    """ISO 639-1, of the words that it does not replace; empty for that of the reader."""
    terms: Mapping[str, TermChange] = field(default_factory=dict)
    splits: tuple[Split, ...] = ()

    def change(self, term: str) -> TermChange:
        return self.terms.get(term, UNCHANGED)

    @cached_property
    def changes_names(self) -> bool:
        """Whether it has rules, so that a song may get other terms than the model says; words alone do not."""
        return bool(self.splits) or any(
            change.is_hidden or change.merged_into or change.from_chance for change in self.terms.values()
        )

    @cached_property
    def merged(self) -> dict[str, str]:
        """By each term that is shown as another one, that other one."""
        return {term: change.merged_into for term, change in self.terms.items() if change.merged_into}

    def shown(self, term: str) -> str:
        """The term as which a term is shown: the one that it is merged into, else itself."""
        return self.merged.get(term, term)

    @cached_property
    def shown_terms(self) -> tuple[str, ...]:
        """The terms that can be in a name, in the order of the vocabulary."""
        return tuple(term for term in MOODS if not self.change(term).is_hidden and term not in self.merged)

    def key(self, term: str, values: Mapping[str, float]) -> str:
        """The first part of a term whose conditions hold for these scores, else the term itself."""
        return next((split.key for split in self.splits if split.term == term and split.holds(values)), term)

    def words(self, language: str) -> MoodWords:
        """All words with its own: in its language, or in the reader's (a code such as "de-at")."""
        shipped = mood_words(self.language or language)
        changes = {}
        for term in MOODS:
            change, own = self.change(term), shipped.words(term)
            if change.name or change.description:
                changes[term] = TermWords(change.name or own.adjective, change.name or own.noun,
                                          change.description or own.description)  # fmt: skip
        for term, target in self.merged.items():
            changes[term] = changes.get(target, shipped.words(target))
        for split in self.splits:
            own = changes.get(split.term, shipped.words(split.term))
            changes[split.key] = TermWords(split.name, split.name, split.description or own.description)
        return MoodWords(shipped.language, changes)

    @cached_property
    def colours(self) -> dict[str, str]:
        """#rrggbb by the key of a term or a part that has its own colour; merged terms have that of their target."""
        terms = {term: self.change(self.shown(term)).colour for term in MOODS}
        parts = {split.key: split.colour or terms[split.term] for split in self.splits}
        return {key: colour for key, colour in (terms | parts).items() if colour}


def base_term(key: str) -> str:
    """The term of a part: "sad" for "sad.desperate"; a term is its own."""
    return key.partition(SEPARATOR)[0]


def score_values(scores: Mapping[str, Any], features: Mapping[str, Any]) -> dict[str, float]:
    """What the rules of splits compare (SPLIT_SCORES), as far as an analysis has it."""
    values = {**scores.get("moods", {}), "valence": scores.get("valence"), "arousal": scores.get("arousal")}
    values |= {name: features.get(name) for name in ("tempo_bpm", "mode")}
    return {name: float(value) for name, value in values.items() if value is not None}
