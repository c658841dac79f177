"""Batch normalisation for small collections."""

from __future__ import annotations

import keras
from keras import layers

MOMENTUM = 0.9
"""Keras's own 0.99 is for hundreds of steps an epoch. A few hundred songs are thirty: for many epochs a network
would be judged by means and deviations of its first days, and early stopping would end it there, at chance."""


def batch_normalised(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """Ioffe, Szegedy, "Batch normalization", 2015, with running figures that follow within some thirty steps."""
    return layers.BatchNormalization(momentum=MOMENTUM, name=name)(x)


def set_fast_momentum(model: keras.Model) -> None:
    """Gives the normalising layers of a network that was built elsewhere the same momentum."""
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = MOMENTUM
