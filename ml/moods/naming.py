"""The rule of the name: from the chances of the sixteen mood terms to a composite mood.

The name is the pair of terms with the largest utility, near synonyms apart, the likelier term first:

    utility(a, b) = u(a) + u(b) + lift(a, b)
    u(t) = log(chance of t) + offset(t) + quadrant_weight * log(consistency(t))

The consistency of a term is the chance of the quadrants on its side of valence, so that a name fits the quadrant unless
both terms are clear by themselves. The lift says which terms people use together more often than apart. Offsets, weight
and lifts are fitted on held-out songs and stand in the card of a bundle: one model always gives one name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from ml.calibration import Calibration, Reference, corrupt, finite
from ml.moods.composite import ALTERNATIVES, Composite, Pair
from ml.moods.genres import GenreRules, genre_scores
from ml.moods.scores import TIE_DECIMALS, mood_chances, score
from ml.moods.vocabulary import MOOD_NAMES, MOODS, QUADRANTS, composite_name

MIN_CHANCE = 1e-3
"""Chances are raised to at least this before their logarithm is taken."""

PLEASANT, UNPLEASANT = 6.0, 4.0
"""Terms whose valence is at least, or at most, this lie on one side of valence; those between fit every quadrant."""

_PLEASANT_QUADRANTS, _UNPLEASANT_QUADRANTS = ("Q1", "Q4"), ("Q2", "Q3")


@dataclass(frozen=True)
class Naming:
    """What training fits of the rule, for one view of a bundle."""

    offsets: Mapping[str, float] = field(default_factory=dict)
    """By term; 0 where it has none."""
    quadrant_weight: float = 0.0
    lift: Mapping[frozenset[str], float] = field(default_factory=dict)
    """By pair of terms; 0 where it has none."""
    near_synonyms: frozenset[frozenset[str]] = frozenset()
    """Pairs that say one feeling twice and never make a name."""
    likelier_first: bool = True
    """Whether the side with the larger chance comes first; in bundles up to `mood-4` that with the larger utility."""

    def sides(self, scores: Mapping[str, Any]) -> Pair:
        """The two terms of the name, the first one first."""
        return self.ranked_pairs(scores, count=1)[0]

    def ranked_pairs(self, scores: Mapping[str, Any], count: int = ALTERNATIVES + 1) -> list[Pair]:
        """The `count` pairs with the largest utility; on a tie those of the terms that are stronger by themselves."""
        utilities, chances = self.utilities(scores), mood_chances(scores)
        ranking = sorted(MOOD_NAMES, key=_by(utilities))
        pairs = [pair for pair in combinations(ranking, 2) if frozenset(pair) not in self.near_synonyms]
        total = {pair: utilities[pair[0]] + utilities[pair[1]] + self.lift.get(frozenset(pair), 0.0) for pair in pairs}
        best = sorted(pairs, key=lambda pair: -round(total[pair], TIE_DECIMALS))[:count]
        if not self.likelier_first:
            return best
        in_order = _by(chances)
        return [(a, b) if in_order(a) <= in_order(b) else (b, a) for a, b in best]

    def utilities(self, scores: Mapping[str, Any]) -> dict[str, float]:
        """The utility of each term by itself. Raises MoodError("model_corrupt") for unusable scores."""
        chances, consistency = mood_chances(scores), _consistency(scores)
        return {
            term: _log(chances[term]) + self.offsets.get(term, 0.0) + self.quadrant_weight * _log(consistency[term])
            for term in MOOD_NAMES
        }

    def to_card(self) -> dict[str, Any]:
        return {
            "offsets": {term: self.offsets[term] for term in MOOD_NAMES if term in self.offsets},
            "quadrant_weight": self.quadrant_weight,
            "lift": {" ".join(_in_order(pair)): lift for pair, lift in self.lift.items()},
            "near_synonyms": sorted(_in_order(pair) for pair in self.near_synonyms),
            "likelier_first": self.likelier_first,
        }

    @classmethod
    def from_card(cls, values: Mapping[str, Any]) -> Naming:
        """The rule in a card. Raises MoodError("model_corrupt")."""
        try:
            offsets = {_term(term): finite(value, f"offset of {term}") for term, value in values["offsets"].items()}
            lift = {_pair(*pair.split()): finite(value, f"lift of {pair}") for pair, value in values["lift"].items()}
            near_synonyms = frozenset(_pair(*pair) for pair in values["near_synonyms"])
            quadrant_weight = finite(values["quadrant_weight"], "quadrant_weight")
            return cls(offsets, quadrant_weight, lift, near_synonyms, bool(values.get("likelier_first", False)))
        except (KeyError, TypeError, AttributeError) as error:
            raise corrupt("The model's card has no usable rule of the name") from error


@dataclass(frozen=True)
class NameRules:
    """All rules of one view of a bundle that turn scores into a composite mood."""

    naming: Naming
    calibration: Calibration
    reference: Reference
    genre_rules: GenreRules = field(default_factory=GenreRules.default)

    def compose(self, scores: Mapping[str, Any]) -> Composite:
        """The composite mood of a segment's or a song's scores. Raises MoodError("model_corrupt")."""
        chances = mood_chances(scores)
        pair, *others = self.naming.ranked_pairs(scores)
        confidence, secondary_confidence = self.confidences(chances, pair)
        alternatives: list[dict[str, Any]] = [
            {"name": composite_name(*other), "confidence": round(min(self.confidences(chances, other)), 4)}
            for other in others
        ]
        return Composite(
            primary=pair[0],
            secondary=pair[1],
            confidence=confidence,
            secondary_confidence=secondary_confidence,
            certain=confidence >= self.calibration.threshold,
            alternatives=tuple(sorted(alternatives, key=lambda other: -float(other["confidence"]))),
            genres=genre_scores(scores, self.reference, self.genre_rules, pair),
        )

    def confidences(self, chances: Mapping[str, float], pair: Pair) -> tuple[float, float]:
        """The calibrated confidence (0..1) of each side of a pair, for the chances of the sixteen terms."""
        first, second = evidence(chances, pair)
        return self.calibration.first.chance(*first), self.calibration.second.chance(*second)


def evidence(chances: Mapping[str, float], pair: Pair) -> tuple[tuple[float, float], ...]:
    """The calibration's inputs for each side of a pair: its chance, and its lead over the best term outside it."""
    rest = max(chances[term] for term in MOOD_NAMES if term not in pair)
    first, second = (chances[term] for term in pair)
    return (first, first - rest), (second, second - rest)


def _consistency(scores: Mapping[str, Any]) -> dict[str, float]:
    """For each term the chance, 0..1, of the quadrants on its side of valence; 1 for a term on neither side."""
    quadrants = {name: score(scores.get("quadrants", {}), name) for name in QUADRANTS}
    pleasant, unpleasant = (
        sum(quadrants[name] for name in names) for names in (_PLEASANT_QUADRANTS, _UNPLEASANT_QUADRANTS)
    )
    return {
        term: pleasant if mood.valence >= PLEASANT else unpleasant if mood.valence <= UNPLEASANT else 1.0
        for term, mood in MOODS.items()
    }


def _by(values: Mapping[str, float]) -> Callable[[str], tuple[float, float]]:
    """A sort key for terms: the largest value first; on a tie the rarer term, which says more."""
    return lambda term: (-round(values[term], TIE_DECIMALS), MOODS[term].prevalence)


def _log(chance: float) -> float:
    return math.log(max(chance, MIN_CHANCE))


def _term(name: str) -> str:
    if name not in MOODS:
        raise corrupt(f"The rule of the name in the model's card has the unknown mood {name!r}")
    return name


def _pair(*names: str) -> frozenset[str]:
    pair = frozenset(map(_term, names))
    if len(pair) != 2:
        raise corrupt(f"A pair of moods in the model's card is {' '.join(names)!r}, but two different ones are needed")
    return pair


def _in_order(pair: frozenset[str]) -> list[str]:
    return sorted(pair, key=MOOD_NAMES.index)
