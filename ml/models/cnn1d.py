"""The 1D CNN: convolutions over a segment's sequence of feature frames."""

from __future__ import annotations

import keras
from keras import layers

from ml.features.names import FEATURES
from ml.models.shared_layers import score_heads, temporal_pooling
from ml.spec import AudioSpec

WIDTHS = (192, 256, 256)
EMBEDDING = 256


def cnn1d(spec: AudioSpec, dropout: float = 0.4, spread: bool = False, wide: bool = False) -> keras.Model:
    """An untrained 1D CNN. Input: standardised features (batch, 8 frames, 57); 28 frames if `wide`.

    Outputs by name: scores (batch, 36); embedding (batch, 256); timeline (batch, frames, 256), one row per frame.

    The first layer also reads the first and second differences between frames (deltas, Furui 1986). `spread` adds the
    standard deviation over time to the pooling. 0.7 million weights, 0.07 million more with `spread`.
    """
    frames = keras.Input((spec.wide_frames if wide else spec.segment_frames, len(FEATURES)), name="frames")
    first = _differences(frames, "delta")
    x = layers.Concatenate(name="with_deltas")([frames, first, _differences(first, "delta_delta")])
    for number, width in enumerate(WIDTHS, start=1):
        x = layers.Conv1D(width, 3, padding="same", use_bias=False, name=f"conv{number}")(x)
        x = layers.BatchNormalization(name=f"norm{number}")(x)
        x = layers.ReLU(name=f"relu{number}")(x)
        x = layers.Dropout(dropout / 2, name=f"dropout{number}")(x)
    embedding = layers.Dense(EMBEDDING, activation="relu", name="embedding")(temporal_pooling(x, spread))
    scores = score_heads(embedding, dropout)
    return keras.Model(frames, {"scores": scores, "embedding": embedding, "timeline": x}, name="cnn1d")


def _differences(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """Each frame minus the one before it; zeros for the first one."""
    later = layers.Cropping1D((1, 0), name=f"{name}_later")(x)
    earlier = layers.Cropping1D((0, 1), name=f"{name}_earlier")(x)
    change = layers.Subtract(name=name)([later, earlier])
    return layers.ZeroPadding1D((1, 0), name=f"{name}_padded")(change)
