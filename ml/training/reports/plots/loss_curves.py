"""Loss curves of several runs, for each part of the loss."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, StrMethodFormatter

from ml.training.own.epoch_log import read_epochs
from ml.training.reports.plots.style import BLUE, ORANGE, saved_figure

COLUMNS = 4
NARROW = 5.0
"""Ratio of largest to smallest value below which ticks are linear."""
LINE_STYLES: tuple[dict[str, Any], ...] = (
    {"color": BLUE, "linewidth": 1.0, "alpha": 0.6},
    {"color": ORANGE, "linewidth": 2.0},
)


def plot_losses(
    logs: Mapping[str, Sequence[Path]], parts: Mapping[str, str], out: Path, title: str = "Loss curves"
) -> Path:
    """Plots a panel for each part of the loss with a line for each run.

    `logs`: up to two kinds of runs by name, from Keras's CSVLogger. `parts`: columns with their titles; columns that no
    run has are left out. Raises ValueError without any epoch.
    """
    kinds = {kind: [read_epochs(path) for path in paths] for kind, paths in logs.items()}
    parts_shown = [part for part in parts if any(part in log for runs in kinds.values() for log in runs)]
    if not parts_shown:
        raise ValueError(f"There is no epoch to plot of {', '.join(parts)}.")
    across = min(COLUMNS, len(parts_shown))
    deep = math.ceil(len(parts_shown) / across)
    with saved_figure(out, 3.1 * across + 0.3, 2.5 * deep + 1.0, title) as figure:
        axes = figure.subplots(deep, across, squeeze=False).ravel()
        for axis, part in zip(axes, parts_shown, strict=False):
            _lines(axis, {kind: [log[part] for log in runs if part in log] for kind, runs in kinds.items()})
            axis.set_title(parts[part])
        for axis in axes[len(parts_shown) :]:
            axis.set_axis_off()
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(kinds))
    return out


def _lines(axis: Axes, kinds: Mapping[str, Sequence[np.ndarray]]) -> None:
    for (kind, runs), style in zip(kinds.items(), LINE_STYLES, strict=False):
        for number, values in enumerate(runs):
            epochs = np.arange(1, len(values) + 1)
            marker = "o" if len(values) < 3 else None
            axis.plot(epochs, values, label=None if number else kind, marker=marker, **style)
    _scale(axis, np.concatenate([values for runs in kinds.values() for values in runs]))
    axis.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axis.set_xlabel("epoch")
    axis.margins(x=0.03)


def _scale(axis: Axes, values: np.ndarray) -> None:
    """A logarithmic scale with plain numbers, because the first epoch has a much higher loss."""
    if np.nanmin(values) <= 0:
        return
    axis.set_yscale("log")
    narrow = np.nanmax(values) / np.nanmin(values) < NARROW
    axis.yaxis.set_major_locator(MaxNLocator(5) if narrow else LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.yaxis.set_minor_locator(NullLocator())
    axis.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
