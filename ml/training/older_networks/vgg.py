"""VGG16 on mel pictures: from ImageNet's weights where the user has them in a local file, else from scratch."""

from __future__ import annotations

from functools import cache

import keras
from keras import layers

from ml.errors import MoodError
from ml.training.older_networks.imagenet import local_weights, start

PIXEL_DEVIATION = 64.0
"""What ImageNet's weights expect of a channel's deviation, mean 0; ours arrive standardised to 1."""
SMALLEST = 32
"""Points; five poolings leave one of them."""
LEARNING_FROM = "block5_conv1"
"""With ImageNet's weights the layers before this one stay as they are: a few hundred songs would only spoil them."""


@cache
def _print_once(text: str) -> None:
    """Once, however often the network is built."""
    print(text, flush=True)


def vgg16(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Simonyan, Zisserman, "Very deep convolutional networks for large-scale image recognition", 2015.

    Input: (batch, height, width, 1) standardised, at least 32 points high and wide (MoodError("architecture_fixed")
    says so); the one channel is shown as all three. The dense layers are replaced by mean pooling and one of 256.
    """
    if min(shape[:2]) < SMALLEST:
        size = f"{shape[1]}x{shape[0]}"
        raise MoodError("architecture_fixed", f"vgg16 reads pictures from {SMALLEST}x{SMALLEST} on; these are {size}.")
    weights = local_weights()
    _print_once(f"vgg16 starts {start()}.")
    base = keras.applications.VGG16(
        include_top=False, weights=str(weights) if weights else None, input_shape=(*shape[:2], 3)
    )
    image = keras.Input(shape, name="image")
    x = layers.Concatenate(name="channels")([image] * 3)
    if weights:
        x = layers.Rescaling(PIXEL_DEVIATION, name="as_pixels")(x)
        learning = False
        for layer in base.layers:
            learning = learning or layer.name == LEARNING_FROM
            layer.trainable = learning
    x = layers.GlobalAveragePooling2D(name="mean")(base(x))
    x = layers.Dense(256, activation="relu", name="dense")(x)
    x = layers.Dropout(0.5, name="dropout")(x)
    return keras.Model(image, layers.Dense(classes, activation="softmax", name="moods")(x), name="vgg16")
