"""Batch normalisation for small collections."""

from __future__ import annotations

import keras
from keras import layers

MOMENTUM = 0.9
"""Keras's default 0.99 suits hundreds of steps an epoch. A few hundred songs are thirty steps: the moving averages
would lag for many epochs, and early stopping would end training at chance level."""


def batch_normalised(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """Batch normalisation (Ioffe, Szegedy 2015) with moving averages over about thirty steps."""
    return layers.BatchNormalization(momentum=MOMENTUM, name=name)(x)


def set_fast_momentum(model: keras.Model) -> None:
    """Sets the same momentum for the batch normalisation of an existing network."""
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = MOMENTUM
