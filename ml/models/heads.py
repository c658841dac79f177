"""What a network answers: one vector of twenty numbers, the same for both networks."""

from __future__ import annotations

from dataclasses import dataclass

import keras

from ml.moods import CLUSTERS, EMOTIONS, QUADRANTS


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
        ("emotions", tuple(EMOTIONS), "sigmoid"),
        ("quadrants", tuple(QUADRANTS), "softmax"),
        ("clusters", tuple(CLUSTERS), "softmax"),
        ("affect", ("valence", "arousal"), "linear"),
    )
    heads, start = [], 0
    for name, labels, activation in schemes:
        heads.append(Head(name, labels, activation, start))
        start += len(labels)
    return tuple(heads)


HEADS = _heads()
LABELS: tuple[str, ...] = tuple(label for head in HEADS for label in head.labels)
"""Names of the twenty scores in order. A bundle's card repeats them, and is refused if they differ."""

AFFECT_MIDDLE, AFFECT_SCALE = 5.0, 2.0
"""The affect head answers (value - 5) / 2, so that its outputs are near unit size; scores are 1..9."""


def answered(embedding: keras.KerasTensor, dropout: float) -> keras.KerasTensor:
    """The score vector (batch, 20) from an embedding (batch, width)."""
    kept = keras.layers.Dropout(dropout, name="head_dropout")(embedding)
    outputs = [
        keras.layers.Dense(len(head.labels), activation=head.activation, name=head.name)(kept) for head in HEADS
    ]
    return keras.layers.Concatenate(name="scores")(outputs)
