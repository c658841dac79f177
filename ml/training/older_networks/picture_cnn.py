"""The 2D CNN that studies trained three times: on spectrograms, on MFCCs, on mel spectrograms."""

from __future__ import annotations

import keras
from keras import layers

from ml.training.older_networks.normalisation import normalised

WIDTHS = (16, 32, 64, 64)


def picture_cnn(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Four convolutions of 3x3 with maximum pooling, a dense layer of 64, dropout.

    Input: (batch, height, width, 1). The published pictures are 300x300, 600x120 and 400x300 points.
    """
    picture = keras.Input(shape, name="picture")
    x = picture
    for number, width in enumerate(WIDTHS, start=1):
        x = layers.Conv2D(width, 3, padding="same", use_bias=False, name=f"conv{number}")(x)
        x = normalised(x, f"norm{number}")
        x = layers.ReLU(name=f"relu{number}")(x)
        x = layers.MaxPooling2D(2, name=f"pool{number}")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dropout(0.4, name="flat_dropout")(x)
    x = layers.Dense(64, activation="relu", name="dense")(x)
    x = layers.Dropout(0.4, name="dropout")(x)
    return keras.Model(picture, layers.Dense(classes, activation="softmax", name="moods")(x), name="picture_cnn")
