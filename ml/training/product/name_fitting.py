"""Fits the rule of the name on out-of-fold chances: how much the quadrant, rarity and common pairs count.

Three numbers are chosen on a grid. Everything else follows from counts of the clips at hand, so that the rule of a fold
can be fitted on the other folds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from ml.models.score_vector import HEAD
from ml.moods import MOOD_NAMES, MOODS, QUADRANTS
from ml.moods.naming import MIN_CHANCE, PLEASANT, UNPLEASANT, Naming
from ml.training.data.clips import Clip
from ml.training.evaluation import name_metrics

QUADRANT_WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.45)
RARITY_WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.45)
"""How far a term's mean chance is divided out: rare terms would otherwise never be given."""
LIFT_WEIGHTS = (0.0, 0.1, 0.2, 0.3)
"""How far the association of two terms in the editors' words counts."""
NEVER_GIVEN = 0.05
"""What a term that no song gets costs in the objective, if at least `name_metrics.LEAST_SONGS` songs have it."""
LIFT_PRIOR = 3.0
"""Songs added to the counts of a pair, so that a rare pair has no extreme association."""
SYNONYM_ASSOCIATION = 0.5
"""Two terms say one feeling twice if their occurrence over songs correlates (phi) by this much, and..."""
SYNONYM_DISTANCE = 1.5
"""...they lie closer than this in valence and in arousal."""
DECIMALS = 4


@dataclass(frozen=True)
class TermLabels:
    """Which terms people used for each clip, as arrays over the clips."""

    terms: np.ndarray
    """bool (clips, 16)"""
    worded: np.ndarray
    """bool (clips,): clips with many words of editors."""
    collections: np.ndarray
    pleasant: np.ndarray
    """int (clips,): 1 for the quadrants Q1 and Q4, -1 for Q2 and Q3, 0 without a quadrant."""

    @classmethod
    def of(cls, clips: Sequence[Clip]) -> TermLabels:
        quadrants = [None if clip.quadrant is None else QUADRANTS[clip.quadrant] for clip in clips]
        return cls(
            np.array([[term in clip.terms for term in MOOD_NAMES] for clip in clips]),
            np.array([clip.quadrant is not None for clip in clips]),
            np.array([clip.collection for clip in clips]),
            np.array([name_metrics.PLEASANT[quadrant] if quadrant else 0 for quadrant in quadrants]),
        )

    def __getitem__(self, rows: np.ndarray) -> TermLabels:
        return TermLabels(self.terms[rows], self.worded[rows], self.collections[rows], self.pleasant[rows])


def fit_naming(vectors: np.ndarray, labels: TermLabels) -> Naming:
    """The rule that maximises `objective` on these clips. `vectors`: score vectors, float (clips, 36)."""
    prevalence = vectors[:, HEAD["moods"].part].mean(axis=0)
    association = association_of(labels)
    synonyms = near_synonyms(labels)
    candidates = [
        Naming(
            offsets={
                term: round(float(-rarity * np.log(share)), DECIMALS)
                for term, share in zip(MOOD_NAMES, prevalence, strict=True)
            },
            quadrant_weight=quadrant,
            lift={pair: round(lift * value, DECIMALS) for pair, value in association.items()} if lift else {},
            near_synonyms=synonyms,
        )
        for quadrant, rarity, lift in product(QUADRANT_WEIGHTS, RARITY_WEIGHTS, LIFT_WEIGHTS)
    ]
    return max(candidates, key=lambda naming: objective(sides_of(vectors, naming), labels))


def objective(sides: np.ndarray, labels: TermLabels) -> float:
    """How well names, int (clips, 2), fit what people say; the larger the better.

    Over the collections: how often the first side and at least one side are right. For the editors' words besides: both
    sides, twice; the mean recall over the terms; and minus the contradictions of the quadrant's valence and a cost for
    terms that are never given.
    """
    rows = np.flatnonzero(labels.terms.any(axis=1))
    right = np.take_along_axis(labels.terms[rows], sides[rows], axis=1)
    total = 0.0
    for collection in np.unique(labels.collections[rows]):
        here = right[labels.collections[rows] == collection]
        total += float(here[:, 0].mean() + here.any(axis=1).mean())
    editors = np.flatnonzero(labels.worded)
    if len(editors):
        own, given = labels.terms[editors], np.zeros_like(labels.terms[editors])
        np.put_along_axis(given, sides[editors], True, axis=1)
        both = np.take_along_axis(own, sides[editors], axis=1).all(axis=1)
        counts = own.sum(axis=0)
        recall = (given & own).sum(axis=0)[counts > 0] / counts[counts > 0]
        contrary = name_metrics.PLEASANTNESS[sides[editors]] * labels.pleasant[editors][:, None] < 0
        total += 2 * float(both.mean()) + float(recall.mean())
        total -= float(contrary[:, 0].mean() + contrary.any(axis=1).mean())
        total -= NEVER_GIVEN * float(((counts >= name_metrics.LEAST_SONGS) & ~given.any(axis=0)).sum())
    return total


def sides_of(vectors: np.ndarray, naming: Naming) -> np.ndarray:
    """The two terms of each name, int (clips, 2): `Naming.sides` for many songs at once."""
    chances = vectors[:, HEAD["moods"].part]
    quadrants = vectors[:, HEAD["quadrants"].part]
    pleasant, unpleasant = quadrants[:, [0, 3]].sum(axis=1), quadrants[:, [1, 2]].sum(axis=1)
    utility = np.log(np.maximum(chances, MIN_CHANCE)) + np.array([naming.offsets.get(term, 0.0) for term in MOOD_NAMES])
    for column, mood in enumerate(MOODS.values()):
        if mood.valence >= PLEASANT:
            utility[:, column] += naming.quadrant_weight * np.log(np.maximum(pleasant, MIN_CHANCE))
        elif mood.valence <= UNPLEASANT:
            utility[:, column] += naming.quadrant_weight * np.log(np.maximum(unpleasant, MIN_CHANCE))
    pairs = [pair for pair in combinations(range(len(MOOD_NAMES)), 2) if _key(*pair) not in naming.near_synonyms]
    first, second = np.array(pairs).T
    lift = np.array([naming.lift.get(_key(*pair), 0.0) for pair in pairs])
    best = (utility[:, first] + utility[:, second] + lift).argmax(axis=1)
    sides = np.stack([first[best], second[best]], axis=1)
    own = np.take_along_axis(chances if naming.likelier_first else utility, sides, axis=1)
    return np.where(own[:, :1] >= own[:, 1:], sides, sides[:, ::-1])


def association_of(labels: TermLabels) -> dict[frozenset[str], float]:
    """For each pair the logarithm of how much more often editors use both than chance has it (pointwise mutual
    information, Church and Hanks 1990)."""
    own = labels.terms[labels.worded].astype(float)
    together = own.T @ own
    expected = np.outer(together.diagonal(), together.diagonal()) / max(len(own), 1)
    values = np.log((together + LIFT_PRIOR) / (expected + LIFT_PRIOR))
    return {_key(a, b): float(values[a, b]) for a, b in combinations(range(len(MOOD_NAMES)), 2)}


def near_synonyms(labels: TermLabels) -> frozenset[frozenset[str]]:
    """Pairs that say one feeling twice: often used together, and close in the plane."""
    own = labels.terms[labels.worded].astype(float)
    if len(own) < 2:
        return frozenset()
    with np.errstate(invalid="ignore"):
        phi = np.nan_to_num(np.corrcoef(own.T))  # a term that all songs or none have correlates with nothing
    return frozenset(
        _key(a, b)
        for a, b in combinations(range(len(MOOD_NAMES)), 2)
        if phi[a, b] >= SYNONYM_ASSOCIATION and max(MOODS[MOOD_NAMES[a]].apart(MOODS[MOOD_NAMES[b]])) < SYNONYM_DISTANCE
    )


def _key(a: int, b: int) -> frozenset[str]:
    return frozenset((MOOD_NAMES[a], MOOD_NAMES[b]))
