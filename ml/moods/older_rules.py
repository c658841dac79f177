"""The rule of models before mood-4: a composite mood of the nine emotions, by the largest shares of listeners.

Answers of mood-1 to mood-3 are made by it, and so is the truth that Emotify's listeners state. It stays unchanged.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from ml.calibration import Calibration, Reference
from ml.moods.composite import ALTERNATIVES, Composite, Pair
from ml.moods.older_genres import genre_scores
from ml.moods.scores import TIE_DECIMALS, emotion_shares
from ml.moods.vocabulary import EMOTION_NAMES, EMOTIONS, composite_name

CLOSE = 1.5
"""Emotions less than this far apart in valence and in arousal count as close."""

NAMED_TOGETHER = {("tenderness", "calmness"): 0.52, ("tenderness", "nostalgia"): 0.52}
"""Pairs of emotions whose listener shares correlate by 0.5 or more over the 320 Emotify recordings we use, with that
correlation."""


def near_synonyms(emotion: str) -> frozenset[str]:
    """Emotions that say nearly the same: close in the plane and often named together by listeners."""
    partners = {a if b == emotion else b for a, b in NAMED_TOGETHER if emotion in (a, b)}
    return frozenset(p for p in partners if max(EMOTIONS[emotion].apart(EMOTIONS[p])) < CLOSE)


@dataclass(frozen=True)
class OlderRules:
    """The rules of one view of a bundle before mood-4; see `ml.moods.naming.NameRules` for those of later ones."""

    calibration: Calibration
    reference: Reference

    def compose(self, scores: Mapping[str, Any]) -> Composite:
        """The composite mood of a segment's or a song's emotions. Raises MoodError("model_corrupt")."""
        return compose(scores, self.calibration, self.reference)


def compose(scores: Mapping[str, Any], calibration: Calibration, reference: Reference) -> Composite:
    """The composite mood of a segment's or a song's emotions. Raises MoodError("model_corrupt") for unusable scores."""
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
    """The strongest emotion, and the strongest other one that is not a near-synonym of it; ties as in `ranking`."""
    first, *others = ranking(shares)
    return first, next(key for key in others if key not in near_synonyms(first))


def ranking(shares: Mapping[str, float]) -> list[str]:
    """The nine emotions, strongest first; on a tie the rarer one first, because it is more informative."""
    shares = emotion_shares(shares)
    return sorted(EMOTION_NAMES, key=lambda key: (-round(shares[key], TIE_DECIMALS), EMOTIONS[key].prevalence))


def evidence(shares: Mapping[str, float], pair: Pair) -> tuple[tuple[float, float], ...]:
    """The calibration's inputs for each side of a pair: its share, and its lead over the best one outside the pair."""
    rest = max(shares[key] for key in EMOTION_NAMES if key not in pair)
    first, second = (shares[key] for key in pair)
    return (first, first - rest), (second, second - rest)


def true_pairs(shares: Mapping[str, float]) -> set[frozenset[str]]:
    """Every pair that the rule of `sides` can give for listeners' shares, with ties broken in all ways."""
    shares = {key: round(share, TIE_DECIMALS) for key, share in emotion_shares(shares).items()}
    pairs = set()
    for first in _strongest(shares, EMOTION_NAMES):
        rivals = [key for key in EMOTION_NAMES if key != first and key not in near_synonyms(first)]
        pairs |= {frozenset({first, second}) for second in _strongest(shares, rivals)}
    return pairs


def named_most(shares: Mapping[str, float], count: int = 2) -> frozenset[str]:
    """The `count` emotions that most listeners name, with all that tie for the last place; never one at 0."""
    shares = {key: round(share, TIE_DECIMALS) for key, share in emotion_shares(shares).items()}
    least = sorted(shares.values(), reverse=True)[count - 1]
    return frozenset(key for key, share in shares.items() if share >= least and share > 0)


def _strongest(shares: Mapping[str, float], keys: Collection[str]) -> list[str]:
    best = max(shares[key] for key in keys)
    return [key for key in keys if shares[key] == best]


def _runners_up(shares: Mapping[str, float], result: Pair) -> list[Pair]:
    pairs = combinations(ranking(shares), 2)
    return [(a, b) for a, b in pairs if {a, b} != set(result) and b not in near_synonyms(a)]


def _confidences(shares: Mapping[str, float], pair: Pair, calibration: Calibration) -> tuple[float, float]:
    first, second = evidence(shares, pair)
    return calibration.first.chance(*first), calibration.second.chance(*second)
