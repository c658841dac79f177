"""Time pooled to one vector, the same way in both networks."""

from __future__ import annotations

import keras
from keras import layers


def pooled(timeline: keras.KerasTensor) -> keras.KerasTensor:
    """(batch, time, width) to (batch, 3 * width): mean, maximum, and a mean weighted by learned attention.

    Attention after Ilse, Tomczak, Welling, "Attention-based deep multiple instance learning", 2018.
    """
    weights = layers.Softmax(axis=1, name="attention")(layers.Dense(1, name="attention_score")(timeline))
    attended = layers.Flatten(name="attended")(layers.Dot(axes=1, name="attention_sum")([weights, timeline]))
    return layers.Concatenate(name="pooled")(
        [
            layers.GlobalAveragePooling1D(name="mean")(timeline),
            layers.GlobalMaxPooling1D(name="maximum")(timeline),
            attended,
        ]
    )
