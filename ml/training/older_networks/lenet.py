"""Two small networks that student projects put to spectrogram pictures."""

from __future__ import annotations

import keras
from keras import layers


def lenet5(shape: tuple[int, ...], classes: int) -> keras.Model:
    """LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998.

    Two convolutions of 5x5 (6 and 16 filters) with mean pooling, dense layers of 120 and 84, tanh throughout.
    """
    picture = keras.Input(shape, name="picture")
    x = layers.Conv2D(6, 5, padding="same", activation="tanh", name="c1")(picture)
    x = layers.AveragePooling2D(2, name="s2")(x)
    x = layers.Conv2D(16, 5, activation="tanh", name="c3")(x)
    x = layers.AveragePooling2D(2, name="s4")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(120, activation="tanh", name="c5")(x)
    x = layers.Dense(84, activation="tanh", name="f6")(x)
    return keras.Model(picture, layers.Dense(classes, activation="softmax", name="moods")(x), name="lenet5")


def cnn64(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Three convolutions of 3x3, the last of 64 filters, each with maximum pooling; a dense layer of 64; dropout."""
    picture = keras.Input(shape, name="picture")
    x = picture
    for number, width in enumerate((16, 32, 64), start=1):
        x = layers.Conv2D(width, 3, padding="same", activation="relu", name=f"conv{number}")(x)
        x = layers.MaxPooling2D(2, name=f"pool{number}")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(64, activation="relu", name="dense")(x)
    x = layers.Dropout(0.5, name="dropout")(x)
    return keras.Model(picture, layers.Dense(classes, activation="softmax", name="moods")(x), name="cnn64")
