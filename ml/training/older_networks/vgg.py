"""VGG16 on mel images, from local ImageNet weights if available, else from scratch."""

from __future__ import annotations

from functools import cache

import keras
from keras import layers

from ml.errors import MoodError
from ml.training.older_networks.imagenet import local_weights, start

PIXEL_DEVIATION = 64.0
"""The deviation of a channel that the ImageNet weights expect; ours is standardised to 1."""
SMALLEST = 32
"""Pixels; five poolings reduce them to one."""
LEARNING_FROM = "block5_conv1"
"""With ImageNet weights the layers before this one are frozen: a few hundred songs would only damage them."""


@cache
def _print_once(text: str) -> None:
    """Prints once, even if the network is built often."""
    print(text, flush=True)


def vgg16(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Simonyan, Zisserman, "Very deep convolutional networks for large-scale image recognition", 2015.

    Input: (batch, height, width, 1) standardised, at least 32 pixels high and wide (else
    MoodError("architecture_fixed")); the channel is repeated three times. Mean pooling and one dense layer of 256
    replace the dense layers.
    """
    if min(shape[:2]) < SMALLEST:
        size = f"{shape[1]}x{shape[0]}"
        raise MoodError(
            "architecture_fixed", f"Images for vgg16 have at least {SMALLEST}x{SMALLEST}; this one is {size}."
        )
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
