"""Layers that both networks share: pooling over time, and the output heads."""

from __future__ import annotations

import keras
from keras import layers, ops

from ml.models.score_vector import HEADS

VARIANCE_EPSILON = 1e-5
"""Added to the variance, so that the gradient of its square root stays finite for constant input."""


def temporal_pooling(timeline: keras.KerasTensor, spread: bool = False) -> keras.KerasTensor:
    """Mean, maximum and attention-weighted mean over time: (batch, time, width) to (batch, 3 * width).

    Attention as in Ilse, Tomczak, Welling, "Attention-based deep multiple instance learning", 2018. With `spread` the
    standard deviation over time is appended, (batch, 4 * width), as in Snyder et al., "X-vectors", 2018.
    """
    weights = layers.Softmax(axis=1, name="attention")(layers.Dense(1, name="attention_score")(timeline))
    attended = layers.Flatten(name="attended")(layers.Dot(axes=1, name="attention_sum")([weights, timeline]))
    parts = [
        layers.GlobalAveragePooling1D(name="mean")(timeline),
        layers.GlobalMaxPooling1D(name="maximum")(timeline),
        attended,
    ]
    if spread:
        parts.append(ops.sqrt(ops.var(timeline, axis=1) + VARIANCE_EPSILON))
    return layers.Concatenate(name="pooled")(parts)


def score_heads(embedding: keras.KerasTensor, dropout: float) -> keras.KerasTensor:
    """The score vector (batch, 36) of an embedding (batch, width), in the order of `HEADS`."""
    x = layers.Dropout(dropout, name="head_dropout")(embedding)
    outputs = [layers.Dense(len(head.labels), activation=head.activation, name=head.name)(x) for head in HEADS]
    return layers.Concatenate(name="scores")(outputs)
