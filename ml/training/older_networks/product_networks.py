"""The product's own two networks with a softmax over moods instead of twenty scores."""

from __future__ import annotations

from collections.abc import Callable

import keras
from keras import layers

from ml.errors import MoodError
from ml.models.cnn1d import cnn1d
from ml.models.cnn2d import cnn2d
from ml.spec import SPEC, AudioSpec
from ml.training.older_networks.normalisation import set_fast_momentum

DROPOUT = 0.4


def cnn1d_softmax(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Input: (batch, frames, 57) standardised features of a segment."""
    return _softmax(cnn1d, shape, classes)


def cnn2d_softmax(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Input: (batch, steps, bands) levelled log-mel of a segment, standardised."""
    return _softmax(cnn2d, shape, classes)


def _softmax(network: Callable[[AudioSpec], keras.Model], shape: tuple[int, ...], classes: int) -> keras.Model:
    body = network(SPEC)
    fixed = tuple(body.input_shape[1:])
    if tuple(shape) != fixed:
        raise MoodError("architecture_fixed", f"The input shape of {body.name} is {fixed}, not {tuple(shape)}.")
    set_fast_momentum(body)
    dropped = layers.Dropout(DROPOUT, name="moods_dropout")(body.output["embedding"])
    moods = layers.Dense(classes, activation="softmax", name="moods")(dropped)
    return keras.Model(body.input, moods, name=body.name)
