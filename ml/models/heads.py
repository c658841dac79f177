"""The answering layers, the same for both networks."""

from __future__ import annotations

import keras
from keras import layers

from ml.models.score_vector import HEADS


def answered(embedding: keras.KerasTensor, dropout: float) -> keras.KerasTensor:
    """The score vector (batch, 20) from an embedding (batch, width), in the order of `HEADS`."""
    kept = layers.Dropout(dropout, name="head_dropout")(embedding)
    outputs = [layers.Dense(len(head.labels), activation=head.activation, name=head.name)(kept) for head in HEADS]
    return layers.Concatenate(name="scores")(outputs)
