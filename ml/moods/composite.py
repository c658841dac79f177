"""From scores to a composite mood: the choice of the two sides, their confidence, and the alternatives."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from ml.calibration import Calibration, Reference
from ml.moods.genres import TIE_DECIMALS, genre_scores, strongest_genre
from ml.moods.scores import emotion_shares
from ml.moods.vocabulary import EMOTIONS, MOODS, composite_name, joined_by, mixed_name

ALTERNATIVES = 3
Pair = tuple[str, str]


@dataclass(frozen=True)
class Composite:
    """A composite mood: two sides with their confidence (0..1), the alternatives and the genres."""

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
        return strongest_genre(self.genres)

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


def compose(scores: Mapping[str, Any], calibration: Calibration, reference: Reference) -> Composite:
    """The composite mood of a segment's or a song's scores. Raises MoodError("model_corrupt") for unusable scores."""
    shares = emotion_shares(scores.get("emotions", {}))
    primary, secondary = sides(shares)
    confidence, secondary_confidence = _confidences(shares, (primary, secondary), calibration)
    others = sorted(_runners_up(shares, (primary, secondary)), key=lambda pair: -shares[pair[0]] - shares[pair[1]])
    alternatives: list[dict[str, Any]] = [
        {"name": composite_name(*pair), "confidence": round(min(_confidences(shares, pair, calibration)), 4)}
        for pair in others[:ALTERNATIVES]
    ]
    alternatives.sort(key=lambda other: -float(other["confidence"]))
    return Composite(
        primary=primary,
        secondary=secondary,
        confidence=confidence,
        secondary_confidence=secondary_confidence,
        certain=confidence >= calibration.threshold,
        alternatives=tuple(alternatives),
        genres=genre_scores(scores, reference),
    )


def sides(shares: Mapping[str, float]) -> Pair:
    """The strongest mood, and the strongest other one that is not a near-synonym of it; ties as in `ranking`."""
    first, *others = ranking(shares)
    return first, next(key for key in others if key not in MOODS[first].near_synonyms)


def ranking(shares: Mapping[str, float]) -> list[str]:
    """The nine moods, strongest first; on a tie the rarer mood first, because it is more informative."""
    shares = emotion_shares(shares)
    return sorted(EMOTIONS, key=lambda key: (-round(shares[key], TIE_DECIMALS), MOODS[key].prevalence))


def evidence(shares: Mapping[str, float], pair: Pair) -> tuple[tuple[float, float], ...]:
    """The calibration's inputs for each side of a pair: its share, and its lead over the best mood outside the pair."""
    rest = max(shares[key] for key in EMOTIONS if key not in pair)
    first, second = (shares[key] for key in pair)
    return (first, first - rest), (second, second - rest)


def true_pairs(shares: Mapping[str, float]) -> set[frozenset[str]]:
    """Every pair that the rule of `sides` can give for listeners' shares, with ties broken in all ways."""
    shares = {key: round(share, TIE_DECIMALS) for key, share in emotion_shares(shares).items()}
    pairs = set()
    for first in _strongest(shares, EMOTIONS):
        rivals = [key for key in EMOTIONS if key != first and key not in MOODS[first].near_synonyms]
        pairs |= {frozenset({first, second}) for second in _strongest(shares, rivals)}
    return pairs


def named_most(shares: Mapping[str, float], count: int = 2) -> frozenset[str]:
    """The `count` moods that most listeners name, with all moods that tie for the last place; never one at 0."""
    shares = {key: round(share, TIE_DECIMALS) for key, share in emotion_shares(shares).items()}
    least = sorted(shares.values(), reverse=True)[count - 1]
    return frozenset(key for key, share in shares.items() if share >= least and share > 0)


def _strongest(shares: Mapping[str, float], keys: Collection[str]) -> list[str]:
    best = max(shares[key] for key in keys)
    return [key for key in keys if shares[key] == best]


def _runners_up(shares: Mapping[str, float], result: Pair) -> list[Pair]:
    pairs = combinations(ranking(shares), 2)
    return [(a, b) for a, b in pairs if {a, b} != set(result) and b not in MOODS[a].near_synonyms]


def _confidences(shares: Mapping[str, float], pair: Pair, calibration: Calibration) -> tuple[float, float]:
    first, second = evidence(shares, pair)
    return calibration.first.chance(*first), calibration.second.chance(*second)
