"""Small networks of earlier projects: LeNet-5, CNNs on images and on feature vectors, and two on MFCCs."""

from __future__ import annotations

import keras
from keras import layers

from ml.training.older_networks.normalisation import batch_normalised


def lenet5(shape: tuple[int, ...], classes: int) -> keras.Model:
    """LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998.

    Two convolutions of 5x5 (6 and 16 filters) with mean pooling, dense layers of 120 and 84, tanh throughout.
    """
    image = keras.Input(shape, name="image")
    x = layers.Conv2D(6, 5, padding="same", activation="tanh", name="c1")(image)
    x = layers.AveragePooling2D(2, name="s2")(x)
    x = layers.Conv2D(16, 5, activation="tanh", name="c3")(x)
    x = layers.AveragePooling2D(2, name="s4")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(120, activation="tanh", name="c5")(x)
    x = layers.Dense(84, activation="tanh", name="f6")(x)
    return keras.Model(image, layers.Dense(classes, activation="softmax", name="moods")(x), name="lenet5")


def cnn64(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Three convolutions of 3x3, the last of 64 filters, each with max pooling; a dense layer of 64; dropout."""
    image = keras.Input(shape, name="image")
    x = image
    for number, width in enumerate((16, 32, 64), start=1):
        x = layers.Conv2D(width, 3, padding="same", activation="relu", name=f"conv{number}")(x)
        x = layers.MaxPooling2D(2, name=f"pool{number}")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(64, activation="relu", name="dense")(x)
    x = layers.Dropout(0.5, name="dropout")(x)
    return keras.Model(image, layers.Dense(classes, activation="softmax", name="moods")(x), name="cnn64")


WIDTHS = (16, 32, 64, 64)


def image_cnn(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Four convolutions of 3x3 with max pooling, a dense layer of 64, dropout.

    Input: (batch, height, width, 1). The published images have 300x300, 600x120 and 400x300 pixels.
    """
    image = keras.Input(shape, name="image")
    x = image
    for number, width in enumerate(WIDTHS, start=1):
        x = layers.Conv2D(width, 3, padding="same", use_bias=False, name=f"conv{number}")(x)
        x = batch_normalised(x, f"norm{number}")
        x = layers.ReLU(name=f"relu{number}")(x)
        x = layers.MaxPooling2D(2, name=f"pool{number}")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dropout(0.4, name="flat_dropout")(x)
    x = layers.Dense(64, activation="relu", name="dense")(x)
    x = layers.Dropout(0.4, name="dropout")(x)
    return keras.Model(image, layers.Dense(classes, activation="softmax", name="moods")(x), name="image_cnn")


def four_layers(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Input: (batch, 57, 1) standardised features of three seconds."""
    return _vector_cnn(shape, classes, (32, 32, 64, 64), "cnn1d4")


def five_layers(shape: tuple[int, ...], classes: int) -> keras.Model:
    """The same with a fifth convolution, of 128 filters."""
    return _vector_cnn(shape, classes, (32, 32, 64, 64, 128), "cnn1d5")


def _vector_cnn(shape: tuple[int, ...], classes: int, widths: tuple[int, ...], name: str) -> keras.Model:
    features = keras.Input(shape, name="features")
    x = features
    for number, width in enumerate(widths, start=1):
        x = layers.Conv1D(width, 3, padding="same", activation="relu", name=f"conv{number}")(x)
        x = batch_normalised(x, f"norm{number}")
        if number % 2 == 0:
            x = layers.MaxPooling1D(2, name=f"pool{number}")(x)
            x = layers.Dropout(0.2, name=f"dropout{number}")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(64, activation="relu", name="dense")(x)
    x = layers.Dropout(0.4, name="dropout")(x)
    return keras.Model(features, layers.Dense(classes, activation="softmax", name="moods")(x), name=name)


def mean_cnn(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Convolutions along the row of mean MFCCs. Input: (batch, coefficients, 1), standardised."""
    means = keras.Input(shape, name="mfcc_means")
    x = layers.Conv1D(64, 5, padding="same", activation="relu", name="conv1")(means)
    x = layers.Dropout(0.1, name="dropout1")(x)
    x = layers.MaxPooling1D(4, padding="same", name="pool1")(x)
    x = layers.Conv1D(128, 5, padding="same", activation="relu", name="conv2")(x)
    x = layers.Dropout(0.1, name="dropout2")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(64, activation="relu", name="dense")(x)
    x = layers.Dropout(0.3, name="dropout3")(x)
    return keras.Model(means, layers.Dense(classes, activation="softmax", name="moods")(x), name="mfcc_mean_cnn")


def lstm(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Two LSTM layers of 64 over the sequence of MFCCs (Hochreiter, Schmidhuber 1997).

    Input: (batch, steps, coefficients), standardised.
    """
    sequence = keras.Input(shape, name="mfccs")
    x = layers.LSTM(64, return_sequences=True, name="lstm1")(sequence)
    x = layers.LSTM(64, name="lstm2")(x)
    x = layers.Dense(64, activation="relu", name="dense")(x)
    x = layers.Dropout(0.3, name="dropout")(x)
    return keras.Model(sequence, layers.Dense(classes, activation="softmax", name="moods")(x), name="mfcc_lstm")
