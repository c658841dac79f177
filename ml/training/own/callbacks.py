"""What watches a training run: stops it, slows it, logs it, keeps its best and its last epoch, shows how far it is.

Keras forgets, when a run is interrupted, how long it had not got better; here that is read again from the log.
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
"""The learning rate is halved where nothing gets better."""
MIN_LEARNING_RATE = 1e-6


def callbacks(
    recipe: FitRecipe, out: Path, epochs: int, steps: int, monitored: str, quiet: bool, batches: PieceBatches
) -> list[keras.callbacks.Callback]:
    """In the order in which they must come: what adds to the log, the log, the backup that says the epoch is whole."""
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
    """Adds to the log how long an epoch took, and keeps the order of pieces in step with the epochs."""

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
    """Early stopping that counts the epochs before an interruption too."""

    def __init__(self, history: np.ndarray, monitor: str, patience: int) -> None:
        super().__init__(monitor=monitor, patience=patience, mode="min")
        self.past = history

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        super().on_train_begin(logs)
        if len(self.past):
            self.best, self.best_epoch = float(self.past.min()), int(self.past.argmin())
            self.wait = len(self.past) - 1 - self.best_epoch


class ResumableReduceLROnPlateau(keras.callbacks.ReduceLROnPlateau):
    """A plateau that began before an interruption goes on after it."""

    def __init__(self, history: np.ndarray, monitor: str, factor: float, patience: int) -> None:
        super().__init__(monitor=monitor, factor=factor, patience=patience, mode="min", min_lr=MIN_LEARNING_RATE)
        self.past = history

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        super().on_train_begin(logs)
        if len(self.past):
            self.best = float(self.past.min())
            self.wait = (len(self.past) - 1 - int(self.past.argmin())) % self.patience


class ProgressBar(keras.callbacks.Callback):
    """One bar for the whole run, in batches, with the figures of the last epoch beside it."""

    def __init__(self, epochs: int, steps: int, monitored: str) -> None:
        super().__init__()
        self.epochs, self.steps, self.watched = epochs, steps, monitored
        self.bar: tqdm | None = None
        self.shown: dict[str, str] = {}

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
            names = {"loss": "loss", self.watched: "watched"}
            self.shown = {text: f"{(logs or {})[name]:.3f}" for name, text in names.items()}
            self.bar.set_postfix(self.shown)

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        if self.bar is not None:
            self.bar.close()
