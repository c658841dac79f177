"""How a network learned, epoch by epoch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ml.training.own.epoch_log import read_epochs
from ml.training.reports.plots.style import BLUE, INK, ORANGE, SOFT, as_percent, drawn


def history_picture(epochs_csv: Path, out: Path, kept: int | None = None) -> Path:
    """Loss and accuracy of the songs that are learned from, and of those that tell when to stop.

    `epochs_csv`: as Keras's CSVLogger writes it. Drawn is what is in it: loss, val_loss, accuracy, val_accuracy,
    learning_rate. `kept`: the epoch, counted from 1, whose weights are kept; None where no single one's are. Raises
    ValueError where it holds no epoch.
    """
    log = read_epochs(epochs_csv)
    if not log:
        raise ValueError(f"{epochs_csv} holds no epoch.")
    if kept is not None and not 1 <= kept <= len(log["loss"]):
        raise ValueError(f"{epochs_csv} has {len(log['loss'])} epochs; number {kept} cannot be the one that is kept.")
    panels = [name for name in ("loss", "accuracy") if name in log]
    with drawn(out, 4.6 * len(panels) + 0.4, 3.9, "How the network learned") as figure:
        axes = figure.subplots(1, len(panels), squeeze=False)[0]
        for axis, name in zip(axes, panels, strict=True):
            _curves(axis, log, name, kept)
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return out


def _curves(axis: Axes, log: dict[str, np.ndarray], name: str, kept: int | None) -> None:
    epochs = np.arange(1, len(log[name]) + 1)
    marker = "o" if len(epochs) < 3 else None
    axis.plot(epochs, log[name], color=BLUE, label="songs it learns from", marker=marker)
    watched = log.get(f"val_{name}")
    if watched is not None:
        axis.plot(epochs, watched, color=ORANGE, label="songs that tell when to stop", marker=marker, linestyle="--")
    if kept is not None:
        axis.axvline(kept, color=INK, linewidth=1, linestyle=":")
        at_kept = (watched if watched is not None else log[name])[kept - 1]
        axis.plot([kept], [at_kept], "o", color=INK, markersize=5, label=f"kept: epoch {kept}")
    slowed = _slowed(log)
    axis.plot(
        slowed, np.zeros(len(slowed)), "|", color=SOFT, markersize=12, markeredgewidth=1.6, zorder=1,
        label="learning rate lowered" if len(slowed) else None,
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


def _slowed(log: dict[str, np.ndarray]) -> np.ndarray:
    """Epochs, counted from 1, that began with a lower learning rate than the one before."""
    rates = log.get("learning_rate", np.zeros(0))
    return np.flatnonzero(np.diff(rates) < 0) + 2
