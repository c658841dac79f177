"""Two deep networks on mel spectrogram images of 224x224: the "advanced" CNN and the residual CNN."""

from __future__ import annotations

import keras
from keras import layers

from ml.training.older_networks.normalisation import batch_normalised


def advanced_cnn(shape: tuple[int, ...], classes: int) -> keras.Model:
    """A 7x7 stem; two convolutions each of 128, 256 and 512; global mean pooling; dense layers of 512 and 256."""
    image = keras.Input(shape, name="image")
    x = _stem(image)
    for number, width in enumerate((128, 256, 512), start=1):
        x = _convolved(x, width, f"stage{number}_first")
        x = _convolved(x, width, f"stage{number}_second")
        x = layers.MaxPooling2D(2, padding="same", name=f"stage{number}_pool")(x)
        x = layers.SpatialDropout2D(0.1, name=f"stage{number}_dropout")(x)
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    for width in (512, 256):
        x = layers.Dense(width, activation="relu", name=f"dense{width}")(x)
        x = layers.Dropout(0.4, name=f"dropout{width}")(x)
    return keras.Model(image, layers.Dense(classes, activation="softmax", name="moods")(x), name="advanced_cnn")


def residual_cnn(shape: tuple[int, ...], classes: int) -> keras.Model:
    """A stem and three residual stages of 64, 128 and 256 filters, the later two at half the size before.

    After He, Zhang, Ren, Sun, "Deep residual learning for image recognition", 2016.
    """
    image = keras.Input(shape, name="image")
    x = _stem(image)
    for number, width in enumerate((64, 128, 256), start=1):
        strides = 1 if number == 1 else 2
        inner = _convolved(x, width, f"stage{number}_first", strides=strides)
        inner = _convolved(inner, width, f"stage{number}_second", active=False)
        shortcut = _convolved(x, width, f"stage{number}_shortcut", size=1, strides=strides, active=False)
        x = layers.ReLU(name=f"stage{number}_relu")(layers.Add(name=f"stage{number}_add")([inner, shortcut]))
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    x = layers.Dropout(0.5, name="dropout")(x)
    return keras.Model(image, layers.Dense(classes, activation="softmax", name="moods")(x), name="residual_cnn")


def _stem(image: keras.KerasTensor) -> keras.KerasTensor:
    """64 filters of 7x7, a quarter of the size."""
    x = _convolved(image, 64, "stem", size=7, strides=2)
    return layers.MaxPooling2D(3, 2, padding="same", name="stem_pool")(x)


def _convolved(
    x: keras.KerasTensor, width: int, name: str, size: int = 3, strides: int = 1, active: bool = True
) -> keras.KerasTensor:
    x = layers.Conv2D(width, size, strides, padding="same", use_bias=False, name=f"{name}_conv")(x)
    x = batch_normalised(x, f"{name}_norm")
    return layers.ReLU(name=f"{name}_relu")(x) if active else x
