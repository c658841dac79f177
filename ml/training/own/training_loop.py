"""The training loop for any network of the registry on pieces of songs.

Splits are by song, so the pieces of a song stay together. Everything, including the scaler, is fitted on the training
songs only. An interrupted run resumes from its last complete epoch.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ml.inference.song_votes import song_probabilities
from ml.models.standardisation import Scaler
from ml.training.older_networks import Architecture, FitRecipe
from ml.training.own.callbacks import callbacks
from ml.training.own.epoch_log import best_epoch, read_epochs
from ml.training.own.piece_batches import PieceBatches, piece_weights

NETWORK, SCALER, EPOCHS, DONE = "network.keras", "scaler.json", "epochs.csv", "done.json"
PREDICT_BATCH_SIZE = 256
"""Pieces; bounds memory for long songs."""


def fit(
    architecture: Architecture,
    pieces: Sequence[np.ndarray],
    labels: np.ndarray,
    train: np.ndarray,
    validation: np.ndarray,
    moods: tuple[str, ...],
    out: Path,
    *,
    epochs: int | None = None,
    seed: int = 0,
    quiet: bool = False,
) -> keras.Model:
    """Trains a network, saves it in `out`, and returns it with the weights of its best epoch.

    `pieces[i]`: all pieces of song i, (pieces, *architecture.shape), not standardised. `labels`: int (songs,), or
    float32 (songs, moods) of 0 and 1 if songs may have several moods; then the network ends in a sigmoid.
    `train`, `validation`: indices of songs. The best epoch has the lowest loss on `validation`, or on `train`
    if `validation` is empty. Every song has the same weight.

    In `out`: network.keras, scaler.json, epochs.csv, done.json. With done.json, nothing is trained again.
    """
    if (out / DONE).exists():
        return keras.models.load_model(out / NETWORK, compile=False)
    out.mkdir(parents=True, exist_ok=True)
    if not (out / "backup").exists():  # a log without a complete epoch is stale
        (out / EPOCHS).unlink(missing_ok=True)
    keras.utils.set_random_seed(seed)
    recipe = architecture.recipe
    multi_label = labels.ndim == 2
    targets = labels.astype(np.float32) if multi_label else np.eye(len(moods), dtype=np.float32)[labels]
    scaler = Scaler.fit((pieces[song] for song in train), architecture.shared_axes)
    scaler.save(out / SCALER)
    train_batches = _batches(pieces, targets, train, scaler, recipe.batch_size, seed, recipe.class_weights)
    validation_batches = _batches(pieces, targets, validation, scaler, recipe.batch_size) if len(validation) else None
    model = build(architecture, len(moods), multi_label)
    _compile(model, recipe, multi_label)
    total = epochs or recipe.epochs
    model.fit(
        train_batches,
        validation_data=validation_batches,
        epochs=total,
        verbose=0,
        callbacks=callbacks(
            recipe, out, total, len(train_batches), "val_loss" if validation_batches else "loss", quiet, train_batches
        ),
    )
    model.load_weights(out / "best.weights.h5")
    return _save_network(architecture, model, moods, multi_label, out, {"seed": seed, "epochs_allowed": total})


def song_chances(model: keras.Model, scaler: Scaler, pieces: Sequence[np.ndarray], vote: str = "mean") -> np.ndarray:
    """The probabilities of songs, float32 (songs, classes): mean or majority vote of their pieces.

    See `song_probabilities` for ties.
    """
    songs = []
    for song_pieces in pieces:
        parts = [
            scaler(song_pieces[start : start + PREDICT_BATCH_SIZE])
            for start in range(0, len(song_pieces), PREDICT_BATCH_SIZE)
        ]
        chances = np.concatenate([keras.ops.convert_to_numpy(model.predict_on_batch(part)) for part in parts])
        songs.append(song_probabilities(chances, vote))
    return np.stack(songs)


def build(architecture: Architecture, classes: int, multi_label: bool) -> keras.Model:
    """An uncompiled network; if songs may have several moods, its softmax becomes a sigmoid."""
    model = architecture.build(architecture.shape, classes)
    if multi_label:
        model.layers[-1].activation = keras.activations.sigmoid
    return model


def _batches(
    pieces: Sequence[np.ndarray],
    targets: np.ndarray,
    songs: np.ndarray,
    scaler: Scaler,
    batch_size: int,
    seed: int | None = None,
    class_weights: bool = False,
) -> PieceBatches:
    weights = piece_weights([len(pieces[song]) for song in songs], targets[songs], class_weights)
    return PieceBatches([pieces[song] for song in songs], targets[songs], weights, scaler, batch_size, seed)


def _compile(model: keras.Model, recipe: FitRecipe, multi_label: bool) -> None:
    losses = keras.losses.BinaryCrossentropy if multi_label else keras.losses.CategoricalCrossentropy
    accuracy = keras.metrics.BinaryAccuracy if multi_label else keras.metrics.CategoricalAccuracy
    settings = {"learning_rate": recipe.learning_rate}
    model.compile(
        optimizer=keras.optimizers.get({"class_name": recipe.optimizer, "config": settings}),
        loss=losses(label_smoothing=recipe.label_smoothing),
        weighted_metrics=[accuracy(name="accuracy")],
    )


def _save_network(
    architecture: Architecture,
    model: keras.Model,
    moods: tuple[str, ...],
    multi_label: bool,
    out: Path,
    facts: dict[str, Any],
) -> keras.Model:
    """Saves the network without optimiser atomically, then done.json, which marks it as finished."""
    network = build(architecture, len(moods), multi_label)
    network.set_weights(model.get_weights())
    network.save(out / f"partial-{NETWORK}")
    (out / f"partial-{NETWORK}").rename(out / NETWORK)
    log = read_epochs(out / EPOCHS)
    facts |= {
        "architecture": architecture.name,
        "moods": list(moods),
        "parameters": network.count_params(),
        "epochs": len(log["loss"]),
        "best_epoch": best_epoch(log) + 1,
        "seconds": round(float(log["seconds"].sum()), 1),
        "recipe": asdict(architecture.recipe),
    }
    (out / f"partial-{DONE}").write_text(json.dumps(facts))
    (out / f"partial-{DONE}").rename(out / DONE)
    (out / "best.weights.h5").unlink()
    shutil.rmtree(out / "backup", ignore_errors=True)
    return network
