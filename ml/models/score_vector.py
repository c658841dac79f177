"""The twenty numbers that a network answers, and the mapping that the rest of the product reads. Light."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml.moods import CLUSTERS, EMOTIONS, QUADRANTS

if TYPE_CHECKING:
    import numpy as np  # the web process composes answers, and stays smaller without it


@dataclass(frozen=True)
class Head:
    """A label scheme's place in the score vector."""

    name: str
    labels: tuple[str, ...]
    activation: str
    start: int

    @property
    def part(self) -> slice:
        return slice(self.start, self.start + len(self.labels))


def _heads() -> tuple[Head, ...]:
    schemes = (
        ("emotions", EMOTIONS, "sigmoid"),
        ("quadrants", QUADRANTS, "softmax"),
        ("clusters", CLUSTERS, "softmax"),
        ("affect", ("valence", "arousal"), "linear"),
    )
    heads, start = [], 0
    for name, labels, activation in schemes:
        heads.append(Head(name, tuple(labels), activation, start))
        start += len(labels)
    return tuple(heads)


HEADS = _heads()
LABELS: tuple[str, ...] = tuple(label for head in HEADS for label in head.labels)
"""Names of the twenty scores in order. A bundle's card repeats them, and is refused if they differ."""

AFFECT_MIDDLE, AFFECT_SCALE = 5.0, 2.0
"""The affect head answers (value - 5) / 2, so that its outputs are near unit size; scores are 1..9."""
DECIMALS = 4

DISAGREE_BELOW = 0.6
"""Networks whose `agreement` on a song is lower than this disagree about it. Out of fold it holds for about one song in
eight, and there they put the same mood first for hardly more than half; `ml.training.agreement` prints both."""


def as_scores(vector: np.ndarray) -> dict[str, Any]:
    """A score vector (20,) as design's mapping: emotions, quadrants, clusters by label; valence, arousal 1..9."""
    values = [float(value) for value in vector]
    scores: dict[str, Any] = {
        head.name: {label: _rounded(value) for label, value in zip(head.labels, values[head.part], strict=True)}
        for head in HEADS
        if head.name != "affect"
    }
    for label, value in zip(HEADS[-1].labels, values[HEADS[-1].part], strict=True):
        scores[label] = _rounded(min(max(value * AFFECT_SCALE + AFFECT_MIDDLE, 1.0), 9.0))
    return scores


def agreement(first: Mapping[str, Any], second: Mapping[str, Any]) -> float:
    """How far two networks hear the same, 0..1: what both grant each label over what either grants it.

    The weighted Jaccard similarity (Ruzicka 1958) over emotions, quadrants and clusters.
    """
    pairs = [
        (first[scheme][label], second[scheme][label])
        for scheme in ("emotions", "quadrants", "clusters")
        for label in first[scheme]
    ]
    return _rounded(sum(map(min, pairs)) / max(sum(map(max, pairs)), 1e-9))


def _rounded(value: float) -> float:
    return round(float(value), DECIMALS)
