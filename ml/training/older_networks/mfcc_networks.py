"""Two networks on MFCCs, made for sung and spoken emotion and applicable to any sound."""

from __future__ import annotations

import keras
from keras import layers


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
