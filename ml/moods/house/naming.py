"""The name of a song by a house vocabulary: the best pair of the model's own rule among those that it allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ml.moods.composite import ALTERNATIVES, Pair
from ml.moods.genres import genre_scores
from ml.moods.house.vocabulary import HouseVocabulary, score_values
from ml.moods.naming import NameRules
from ml.moods.scores import TIE_DECIMALS, mood_chances
from ml.moods.vocabulary import MOODS, joined_by, term_of


@dataclass(frozen=True)
class HouseMood:
    """A composite mood by a house vocabulary. Keys are terms ("sad") or parts of split terms ("sad.desperate")."""

    primary: str
    secondary: str
    """Both terms as they are shown: a merged term is its target."""
    primary_key: str
    secondary_key: str
    confidence: float
    secondary_confidence: float
    certain: bool
    genre: str
    genres: Mapping[str, float]
    alternatives: tuple[tuple[str, str, float], ...]
    """Keys of both sides, and the confidence."""

    @property
    def joined_by(self) -> str:
        return joined_by(self.primary, self.secondary)


def house_mood(
    scores: Mapping[str, Any], features: Mapping[str, Any], rules: NameRules, vocabulary: HouseVocabulary
) -> HouseMood:
    """The composite mood of a song's or a segment's scores. `features` are the song's: rules of splits compare its
    tempo and mode.

    Of the pairs in the order of the model's rule, the first one whose terms are not hidden, not shown as one term, and
    each at least as likely as the vocabulary asks. Where no pair has both chances, the best pair without that demand is
    the name, and it is not certain. Raises MoodError("model_corrupt") for unusable scores.
    """
    chances, values = mood_chances(scores), score_values(scores, features)
    every = rules.naming.ranked_pairs(scores, count=len(MOODS) ** 2)
    pairs = [pair for pair in every if _is_shown(pair, vocabulary)]
    likely = [pair for pair in pairs if all(chances[term] >= vocabulary.change(term).from_chance for term in pair)]
    first, *others = _different(likely or pairs, vocabulary)
    confidence, secondary_confidence = rules.confidences(chances, first)
    primary, secondary = (vocabulary.shown(term) for term in first)
    genres = genre_scores(scores, rules.reference, rules.genre_rules, (primary, secondary))
    alternatives = [
        (*(vocabulary.key(vocabulary.shown(term), values) for term in pair), min(rules.confidences(chances, pair)))
        for pair in others[:ALTERNATIVES]
    ]
    return HouseMood(
        primary=primary,
        secondary=secondary,
        primary_key=vocabulary.key(primary, values),
        secondary_key=vocabulary.key(secondary, values),
        confidence=confidence,
        secondary_confidence=secondary_confidence,
        certain=bool(likely) and confidence >= rules.calibration.threshold,
        genre=max(genres, key=lambda name: round(genres[name], TIE_DECIMALS)),
        genres=genres,
        alternatives=tuple(sorted(alternatives, key=lambda one: -one[2])),  # type: ignore[arg-type]
    )


def renamed_mood(
    mood: Mapping[str, Any], scores: Mapping[str, Any], features: Mapping[str, Any], vocabulary: HouseVocabulary
) -> tuple[str, str, str, str]:
    """Both terms as they are shown, and their keys, for the `mood` of a model that has no chances of the terms, or
    whose card is not installed: merges and splits apply, hidden terms stay.

    Two terms that are shown as one keep the second as it is.
    """
    values = score_values(scores, features)
    first, second = (term_of(mood[side]) for side in ("primary", "secondary"))
    primary, secondary = vocabulary.shown(first), vocabulary.shown(second)
    if primary == secondary:
        secondary = second if second != primary else first
    return primary, secondary, vocabulary.key(primary, values), vocabulary.key(secondary, values)


def _is_shown(pair: Pair, vocabulary: HouseVocabulary) -> bool:
    if any(vocabulary.change(term).is_hidden for term in pair):
        return False
    first, second = map(vocabulary.shown, pair)
    return first != second


def _different(pairs: list[Pair], vocabulary: HouseVocabulary) -> list[Pair]:
    """Without pairs that are shown with the same terms as one before them."""
    seen: dict[frozenset[str], Pair] = {}
    for pair in pairs:
        seen.setdefault(frozenset(map(vocabulary.shown, pair)), pair)
    return list(seen.values())
