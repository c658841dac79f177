"""Convolutions along the row of 57 features, as studies of composite moods did it.

Neighbours in that row are neighbours only by the order in which the features are listed; that the networks learn
all the same says more of the features than of the convolutions.
"""

from __future__ import annotations

import keras
from keras import layers

from ml.training.older_networks.normalisation import normalised


def four_layers(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Input: (batch, 57, 1) standardised features of three seconds."""
    return _network(shape, classes, (32, 32, 64, 64), "cnn1d4")


def five_layers(shape: tuple[int, ...], classes: int) -> keras.Model:
    """The same with a fifth convolution, of 128 filters."""
    return _network(shape, classes, (32, 32, 64, 64, 128), "cnn1d5")


def _network(shape: tuple[int, ...], classes: int, widths: tuple[int, ...], name: str) -> keras.Model:
    features = keras.Input(shape, name="features")
    x = features
    for number, width in enumerate(widths, start=1):
        x = layers.Conv1D(width, 3, padding="same", activation="relu", name=f"conv{number}")(x)
        x = normalised(x, f"norm{number}")
        if number % 2 == 0:
            x = layers.MaxPooling1D(2, name=f"pool{number}")(x)
            x = layers.Dropout(0.2, name=f"dropout{number}")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(64, activation="relu", name="dense")(x)
    x = layers.Dropout(0.4, name="dropout")(x)
    return keras.Model(features, layers.Dense(classes, activation="softmax", name="moods")(x), name=name)
