"""Time pooled to one vector, the same way in both networks."""

from __future__ import annotations

import keras
from keras import layers, ops

SMALL = 1e-5
"""Keeps the slope of a deviation finite where nothing moves."""


def pooled(timeline: keras.KerasTensor, spread: bool = False) -> keras.KerasTensor:
    """(batch, time, width) to (batch, 3 * width): mean, maximum, and a mean weighted by learned attention.

    Attention after Ilse, Tomczak, Welling, "Attention-based deep multiple instance learning", 2018. With `spread`
    the deviation over time follows, (batch, 4 * width), after Snyder et al., "X-vectors", 2018.
    """
    weights = layers.Softmax(axis=1, name="attention")(layers.Dense(1, name="attention_score")(timeline))
    attended = layers.Flatten(name="attended")(layers.Dot(axes=1, name="attention_sum")([weights, timeline]))
    parts = [
        layers.GlobalAveragePooling1D(name="mean")(timeline),
        layers.GlobalMaxPooling1D(name="maximum")(timeline),
        attended,
    ]
    if spread:
        parts.append(ops.sqrt(ops.var(timeline, axis=1) + SMALL))
    return layers.Concatenate(name="pooled")(parts)
