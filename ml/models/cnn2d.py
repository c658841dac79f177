"""The 2D CNN: a residual network over a segment's log-mel spectrogram."""

from __future__ import annotations

import keras
from keras import layers

from ml.models.shared_layers import score_heads, temporal_pooling
from ml.spec import AudioSpec

PATCH = 4
"""Steps and bands that one position of the stem reads."""
STEM = 32
STAGES = (64, 128, 192)
EMBEDDING = 256


def cnn2d(spec: AudioSpec, dropout: float = 0.25) -> keras.Model:
    """An untrained 2D CNN. Input: level-normalised log-mel (batch, 320 steps, 96 bands).

    Outputs by name: scores (batch, 36); embedding (batch, 256); timeline (batch, 10, 256), one row per second.

    A stem that reads patches of 4 steps by 4 bands (Liu et al., "A ConvNet for the 2020s", 2022), and three stages,
    each a strided convolution and a residual block (He et al., "Deep residual learning", 2016). Every stage halves time
    and frequency, so that the last one has one column per second and three bands, which the timeline reads together.
    1.5 million weights, 75 million multiplications per segment.
    """
    mel = keras.Input((spec.segment_steps, spec.n_mels), name="mel")
    x = layers.Reshape((spec.segment_steps, spec.n_mels, 1), name="image")(mel)
    x = _convolved(x, STEM, "stem", size=PATCH, strides=PATCH)
    for number, width in enumerate(STAGES, start=1):
        x = _convolved(x, width, f"stage{number}_down", strides=2)
        x = _residual(x, width, f"stage{number}")
    x = layers.Reshape((x.shape[1], x.shape[2] * x.shape[3]), name="bands")(x)
    x = layers.Dropout(dropout / 2, name="bands_dropout")(x)
    x = layers.Conv1D(EMBEDDING, 3, padding="same", use_bias=False, name="timeline_conv")(x)
    x = layers.BatchNormalization(name="timeline_norm")(x)
    timeline = layers.ReLU(name="timeline")(x)
    embedding = layers.Dense(EMBEDDING, activation="relu", name="embedding")(temporal_pooling(timeline))
    scores = score_heads(embedding, dropout)
    return keras.Model(mel, {"scores": scores, "embedding": embedding, "timeline": timeline}, name="cnn2d")


def _convolved(
    x: keras.KerasTensor, width: int, name: str, size: int = 3, strides: int = 1, active: bool = True
) -> keras.KerasTensor:
    x = layers.Conv2D(width, size, strides, padding="same", use_bias=False, name=f"{name}_conv")(x)
    x = layers.BatchNormalization(name=f"{name}_norm")(x)
    return layers.ReLU(name=f"{name}_relu")(x) if active else x


def _residual(x: keras.KerasTensor, width: int, name: str) -> keras.KerasTensor:
    inner = _convolved(x, width, f"{name}_inner", active=False)
    return layers.ReLU(name=f"{name}_relu")(layers.Add(name=f"{name}_add")([x, inner]))
