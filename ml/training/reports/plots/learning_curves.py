"""Learning curves: loss and accuracy by epoch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ml.training.own.epoch_log import read_epochs
from ml.training.reports.plots.style import BLUE, INK, ORANGE, SOFT, as_percent, saved_figure


def plot_learning_curves(epochs_csv: Path, out: Path, best_epoch: int | None = None) -> Path:
    """Plots loss and accuracy of the training and validation set.

    `epochs_csv`: from Keras's CSVLogger, with any of loss, val_loss, accuracy, val_accuracy, learning_rate.
    `best_epoch`: counted from 1; None for averaged weights. Raises ValueError without an epoch.
    """
    log = read_epochs(epochs_csv)
    if not log:
        raise ValueError(f"{epochs_csv} has no epoch.")
    if best_epoch is not None and not 1 <= best_epoch <= len(log["loss"]):
        raise ValueError(f"{epochs_csv} has {len(log['loss'])} epochs; number {best_epoch} cannot be the best one.")
    panels = [name for name in ("loss", "accuracy") if name in log]
    with saved_figure(out, 4.6 * len(panels) + 0.4, 3.9, "Learning curves") as figure:
        axes = figure.subplots(1, len(panels), squeeze=False)[0]
        for axis, name in zip(axes, panels, strict=True):
            _curves(axis, log, name, best_epoch)
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return out


def _curves(axis: Axes, log: dict[str, np.ndarray], name: str, best_epoch: int | None) -> None:
    epochs = np.arange(1, len(log[name]) + 1)
    marker = "o" if len(epochs) < 3 else None
    axis.plot(epochs, log[name], color=BLUE, label="training", marker=marker)
    validation = log.get(f"val_{name}")
    if validation is not None:
        axis.plot(epochs, validation, color=ORANGE, label="validation", marker=marker, linestyle="--")
    if best_epoch is not None:
        axis.axvline(best_epoch, color=INK, linewidth=1, linestyle=":")
        at_kept = (validation if validation is not None else log[name])[best_epoch - 1]
        axis.plot([best_epoch], [at_kept], "o", color=INK, markersize=5, label=f"best: epoch {best_epoch}")
    lr_drops = _lr_drops(log)
    axis.plot(
        lr_drops, np.zeros(len(lr_drops)), "|", color=SOFT, markersize=12, markeredgewidth=1.6, zorder=1,
        label="learning rate lowered" if len(lr_drops) else None,
    )  # fmt: skip
    axis.set_title(name.capitalize())
    axis.set_xlabel("epoch")
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.margins(x=0.03)
    if name == "accuracy":
        axis.set_ylim(0, 1.02)
        as_percent(axis, y=True)
    else:
        axis.set_ylim(bottom=0)


def _lr_drops(log: dict[str, np.ndarray]) -> np.ndarray:
    """Epochs, counted from 1, with a lower learning rate than the one before."""
    rates = log.get("learning_rate", np.zeros(0))
    return np.flatnonzero(np.diff(rates) < 0) + 2
