"""Keras callbacks of a training run: early stopping, learning rate, log, checkpoints, progress bar.

Keras loses the state of early stopping and of the learning-rate schedule when a run is interrupted; here it is restored
from the log.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import keras
import numpy as np
from tqdm import tqdm

from ml.training.older_networks import FitRecipe
from ml.training.own.epoch_log import read_epochs
from ml.training.own.piece_batches import PieceBatches

LR_FACTOR = 0.5
"""The learning rate is halved on a plateau."""
MIN_LEARNING_RATE = 1e-6


def callbacks(
    recipe: FitRecipe, out: Path, epochs: int, steps: int, monitored: str, quiet: bool, batches: PieceBatches
) -> list[keras.callbacks.Callback]:
    """In this order: callbacks that add to the log, the log, then the backup that marks the epoch as complete."""
    history = np.nan_to_num(read_epochs(out / "epochs.csv").get(monitored, np.zeros(0)), nan=np.inf)
    best = float(history.min()) if len(history) else None
    chain: list[keras.callbacks.Callback] = [EpochTimer(batches)]
    if recipe.reduce_lr_patience:
        chain.append(
            ResumableReduceLROnPlateau(history, monitored, factor=LR_FACTOR, patience=recipe.reduce_lr_patience)
        )
    if recipe.early_stopping_patience:
        chain.append(ResumableEarlyStopping(history, monitored, patience=recipe.early_stopping_patience))
    checkpoint = keras.callbacks.ModelCheckpoint(
        str(out / "best.weights.h5"),
        monitor=monitored,
        mode="min",
        save_best_only=True,
        save_weights_only=True,
        initial_value_threshold=best,
    )
    chain += [
        checkpoint,
        keras.callbacks.CSVLogger(str(out / "epochs.csv"), append=True),
        keras.callbacks.BackupAndRestore(
            str(out / "backup"), save_freq="epoch", double_checkpoint=True, delete_checkpoint=False
        ),
    ]
    return chain if quiet else [*chain, ProgressBar(epochs, steps, monitored)]


class EpochTimer(keras.callbacks.Callback):
    """Logs the time of each epoch, and seeds the order of pieces by epoch."""

    def __init__(self, batches: PieceBatches) -> None:
        super().__init__()
        self.batches = batches

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.started = time.monotonic()
        if self.batches.epoch != epoch:
            self.batches.start(epoch)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if logs is not None:
            logs["seconds"] = round(time.monotonic() - self.started, 2)


class ResumableEarlyStopping(keras.callbacks.EarlyStopping):
    """Early stopping that also counts the epochs before an interruption."""

    def __init__(self, history: np.ndarray, monitor: str, patience: int) -> None:
        super().__init__(monitor=monitor, patience=patience, mode="min")
        self.past = history

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        super().on_train_begin(logs)
        if len(self.past):
            self.best, self.best_epoch = float(self.past.min()), int(self.past.argmin())
            self.wait = len(self.past) - 1 - self.best_epoch


class ResumableReduceLROnPlateau(keras.callbacks.ReduceLROnPlateau):
    """A learning-rate schedule that continues a plateau after an interruption."""

    def __init__(self, history: np.ndarray, monitor: str, factor: float, patience: int) -> None:
        super().__init__(monitor=monitor, factor=factor, patience=patience, mode="min", min_lr=MIN_LEARNING_RATE)
        self.past = history

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        super().on_train_begin(logs)
        if len(self.past):
            self.best = float(self.past.min())
            self.wait = (len(self.past) - 1 - int(self.past.argmin())) % self.patience


class ProgressBar(keras.callbacks.Callback):
    """One progress bar for the whole run, with the loss of the last epoch."""

    def __init__(self, epochs: int, steps: int, monitored: str) -> None:
        super().__init__()
        self.epochs, self.steps, self.monitored = epochs, steps, monitored
        self.bar: tqdm | None = None
        self.postfix: dict[str, str] = {}

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if self.bar is None:
            self.bar = tqdm(
                total=self.epochs * self.steps,
                initial=epoch * self.steps,
                unit="batch",
                mininterval=0.2 if sys.stderr.isatty() else 20.0,
                dynamic_ncols=True,
            )
        self.bar.set_description(f"epoch {epoch + 1} of at most {self.epochs}", refresh=False)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        if self.bar is not None:
            self.bar.update()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if self.bar is not None:
            names = {"loss": "loss", self.monitored: "validation"}
            self.postfix = {text: f"{(logs or {})[name]:.3f}" for name, text in names.items()}
            self.bar.set_postfix(self.postfix)

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        if self.bar is not None:
            self.bar.close()
