"""The two networks for sung emotion: one for sequences of coefficients, one for images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ml.training.sung.phrases import EMOTIONS
from ml.training.sung.voice_spec import SungSpec

READ, SEQUENCE = 48, 64
STEM = 8
SIDE = 32
ATTENTION = 32
EMBEDDING = 96
IMAGE_DB = 15.0
"""Divisor of levelled images, near the data's own deviation; not fitted."""
Size = int | tuple[int, int]
Parts = dict[str, keras.KerasTensor]
STAGES: tuple[tuple[int, Size], ...] = ((12, (1, 2)), (24, 2), (48, (1, 2)))


def cnn1d(spec: SungSpec, columns: np.ndarray, dropout: float = 0.5) -> keras.Model:
    """Convolutions over the sequence of columns: MFCCs and how they move, pitch and level.

    Input: (batch, spec.columns, spec.width), see `voice_columns`. `columns` (phrases, columns, width) of the
    training set standardise it. Outputs by name: emotion (batch, 6) and strong (batch, 1), probabilities.
    """
    crop, parts = _parts(spec, columns)
    still = layers.Concatenate(name="still")([parts[name] for name in ("mfcc", "move", "bend", "level")])
    x = layers.Concatenate(name="read")([still, parts["tune"], parts["sung"]])
    x = layers.SpatialDropout1D(0.1, name="read_dropout")(x)
    x = layers.Dense(READ, use_bias=False, name="narrow")(x)
    x = _convolved1d(x, SEQUENCE, 3, "first")
    x = layers.SpatialDropout1D(0.1, name="first_dropout")(x)
    inner = layers.SpatialDropout1D(0.1, name="second_dropout")(_convolved1d(x, SEQUENCE, 3, "second"))
    x = layers.Add(name="sum")([x, inner])
    plain = SungStatistics(name="plain")([still, parts["tune"], parts["sung"]])
    pooled = layers.Concatenate(name="all")([AttentiveStatistics(name="pooled")(x), plain])
    return keras.Model(crop, _outputs(pooled, dropout), name="sung_cnn1d")


def cnn2d(spec: SungSpec, columns: np.ndarray, dropout: float = 0.5) -> keras.Model:
    """Input and outputs as `cnn1d`; a residual network for the mel image (He et al. 2016), and a small network for
    pitch, level and movement, joined at four columns a second.
    """
    crop, parts = _parts(spec, columns)
    x = layers.Reshape((spec.columns, spec.n_mels, 1), name="image")(parts["mel"])
    x = _convolved2d(x, STEM, "stem", size=(3, 5), strides=(1, 2))
    for number, (width, strides) in enumerate(STAGES, start=1):
        x = _convolved2d(x, width, f"stage{number}_down", strides=strides)
        inner = _convolved2d(x, width, f"stage{number}_inner", active=False)
        x = layers.ReLU(name=f"stage{number}_relu")(layers.Add(name=f"stage{number}_add")([x, inner]))
    x = layers.Reshape((x.shape[1], x.shape[2] * x.shape[3]), name="bands")(x)
    x = layers.Dropout(0.2, name="bands_dropout")(x)
    side = layers.Concatenate(name="beside")([parts[name] for name in ("move", "level", "tune", "sung")])
    side = _convolved1d(side, SIDE, 3, "side1")
    side = layers.AveragePooling1D(2, padding="same", name="side_pool")(side)
    side = _convolved1d(side, SIDE, 3, "side2")
    x = _convolved1d(layers.Concatenate(name="met")([x, side]), SEQUENCE, 3, "timeline")
    pooled = [AttentiveStatistics(name="pooled")(x), SungStatistics(name="plain")([parts["level"], parts["sung"]])]
    return keras.Model(crop, _outputs(layers.Concatenate(name="all")(pooled), dropout), name="sung_cnn2d")


BUILDERS: dict[str, Callable[[SungSpec, np.ndarray], keras.Model]] = {"cnn1d": cnn1d, "cnn2d": cnn2d}


@keras.saving.register_keras_serializable("sung")
class AttentiveStatistics(layers.Layer):
    """(batch, time, width) to (batch, 2 * width): mean and deviation over time, weighted by attention.

    After Okabe, Koshinaka, Shinoda, "Attentive statistics pooling for deep speaker embedding", 2018.
    """

    def build(self, shape: tuple[int | None, ...]) -> None:
        self.inner = layers.Dense(ATTENTION, activation="tanh")
        self.inner.build(shape)
        self.outer = layers.Dense(shape[-1], kernel_initializer="zeros")
        self.outer.build((*shape[:-1], ATTENTION))

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        return _statistics(x, ops.softmax(self.outer(self.inner(x)), axis=1))

    def compute_output_shape(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
        return (shape[0], 2 * shape[-1])


@keras.saving.register_keras_serializable("sung")
class SungStatistics(layers.Layer):
    """Mean and deviation over voiced columns of [values, others..., sung], each (batch, time, width).

    Only the mean of the others. To (batch, 2 * values + others).
    """

    def call(self, read: list[keras.KerasTensor]) -> keras.KerasTensor:
        values, *others, sung = read
        weight = sung[:, :, -1:]
        weight = weight / (ops.sum(weight, axis=1, keepdims=True) + 1e-3)
        means = [ops.sum(weight * other, axis=1) for other in others]
        return ops.concatenate([_statistics(values, weight), *means], axis=-1)

    def compute_output_shape(self, shapes: list[tuple[Any, ...]]) -> tuple[Any, ...]:
        values, *others, _ = (shape[-1] for shape in shapes)
        return (shapes[0][0], 2 * values + sum(others))


def _statistics(x: keras.KerasTensor, weight: keras.KerasTensor) -> keras.KerasTensor:
    mean = ops.sum(weight * x, axis=1)
    spread = ops.sum(weight * ops.square(x), axis=1) - ops.square(mean)
    return ops.concatenate([mean, ops.sqrt(ops.maximum(spread, 1e-4))], axis=-1)


def _parts(spec: SungSpec, columns: np.ndarray) -> tuple[keras.KerasTensor, Parts]:
    """The input and its parts by name: levelled, standardised by `columns`, or unchanged (tune, sung)."""
    crop = keras.Input((spec.columns, spec.width), name="crop")
    parts: Parts = {name: crop[:, :, at] for name, at in spec.rows.items()}
    for name in ("mfcc", "move", "bend", "level"):
        values = columns[:, :, spec.rows[name]].reshape(-1, parts[name].shape[-1]).astype(np.float32)
        norm = layers.Normalization(mean=values.mean(axis=0), variance=values.var(axis=0) + 1e-4, name=f"{name}_norm")
        parts[name] = norm(parts[name])
    parts["mel"] = (parts["mel"] - ops.mean(parts["mel"], axis=(1, 2), keepdims=True)) / IMAGE_DB
    parts["tune"] = parts["tune"] * 3.0  # most bins are empty; this balances the parts
    return crop, parts


def _outputs(pooled: keras.KerasTensor, dropout: float) -> Parts:
    pooled = layers.BatchNormalization(name="pooled_norm")(pooled)
    pooled = layers.Dropout(dropout, name="pooled_dropout")(pooled)
    embedding = layers.Dense(EMBEDDING, activation="relu", name="embedding")(pooled)
    embedding = layers.Dropout(dropout, name="embedding_dropout")(embedding)
    return {
        "emotion": layers.Dense(len(EMOTIONS), activation="softmax", name="emotion")(embedding),
        "strong": layers.Dense(1, activation="sigmoid", name="strong")(embedding),
    }


def _convolved1d(x: keras.KerasTensor, width: int, size: int, name: str) -> keras.KerasTensor:
    x = layers.Conv1D(width, size, padding="same", use_bias=False, name=f"{name}_conv")(x)
    return layers.ReLU(name=f"{name}_relu")(layers.BatchNormalization(name=f"{name}_norm")(x))


def _convolved2d(
    x: keras.KerasTensor, width: int, name: str, size: Size = 3, strides: Size = 1, active: bool = True
) -> keras.KerasTensor:
    x = layers.Conv2D(width, size, strides, padding="same", use_bias=False, name=f"{name}_conv")(x)
    x = layers.BatchNormalization(name=f"{name}_norm")(x)
    return layers.ReLU(name=f"{name}_relu")(x) if active else x
