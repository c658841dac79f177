"""The 36 outputs of a network, and the score mapping that the rest of the product reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml.moods import CLUSTERS, EMOTION_NAMES, MOOD_NAMES, QUADRANTS

if TYPE_CHECKING:
    import numpy as np  # the web process imports this module and must not load NumPy


@dataclass(frozen=True)
class Head:
    """One label scheme and its position in the score vector."""

    name: str
    labels: tuple[str, ...]
    activation: str
    start: int

    @property
    def part(self) -> slice:
        return slice(self.start, self.start + len(self.labels))


def _heads() -> tuple[Head, ...]:
    schemes = (
        ("emotions", EMOTION_NAMES, "sigmoid"),
        ("quadrants", QUADRANTS, "softmax"),
        ("clusters", CLUSTERS, "softmax"),
        ("affect", ("valence", "arousal"), "linear"),
        ("moods", MOOD_NAMES, "sigmoid"),
    )
    heads, start = [], 0
    for name, labels, activation in schemes:
        heads.append(Head(name, tuple(labels), activation, start))
        start += len(labels)
    return tuple(heads)


HEADS = _heads()
HEAD: dict[str, Head] = {head.name: head for head in HEADS}
LABELS: tuple[str, ...] = tuple(label for head in HEADS for label in head.labels)
"""Names of the 36 scores in order. A bundle whose card has other labels is rejected."""

OLDER_LABELS = LABELS[: HEAD["moods"].start]
"""Names of the twenty scores of models before mood-4, which knew no mood terms."""

AFFECT_MIDDLE, AFFECT_SCALE = 5.0, 2.0
"""The affect head predicts (value - 5) / 2, so that its outputs have about unit variance; scores are 1..9."""
DECIMALS = 4
SCHEMES = ("moods", "emotions", "quadrants", "clusters")
"""Label schemes with one mapping each in `as_scores`, in the order of the answer."""

DISAGREE_BELOW = 0.7
"""Networks disagree about a song if their `agreement` is below this: out of fold, for about one song in eight. For
a quarter of those do they rank the same mood first; a report in `ml.training` prints both figures."""


def as_scores(vector: np.ndarray) -> dict[str, Any]:
    """A score vector (36,) as a mapping: moods, emotions, quadrants, clusters by label; valence and arousal, 1..9."""
    values = [float(value) for value in vector]
    by_head = {head.name: dict(zip(head.labels, values[head.part], strict=True)) for head in HEADS}
    scores: dict[str, Any] = {
        scheme: {label: _rounded(value) for label, value in by_head[scheme].items()} for scheme in SCHEMES
    }
    for label, value in by_head["affect"].items():
        scores[label] = _rounded(min(max(value * AFFECT_SCALE + AFFECT_MIDDLE, 1.0), 9.0))
    return scores


def agreement(first: Mapping[str, Any], second: Mapping[str, Any]) -> float:
    """The agreement of two networks' scores, 0..1.

    The weighted Jaccard similarity (Ruzicka 1958) over moods, quadrants, clusters and emotions: the sum of the smaller
    scores divided by the sum of the larger ones. Scores of models before mood-4 have no moods.
    """
    pairs = [
        (first[scheme][label], second[scheme][label])
        for scheme in SCHEMES
        if scheme in first and scheme in second
        for label in first[scheme]
    ]
    return _rounded(sum(map(min, pairs)) / max(sum(map(max, pairs)), 1e-9))


def _rounded(value: float) -> float:
    return round(float(value), DECIMALS)
