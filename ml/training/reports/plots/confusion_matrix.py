"""A heat map of a confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ml.training.reports.plots.style import INK, SHARE_COLORMAP, SOFT, saved_figure

DARK = 0.55
"""Higher shares have white text."""


def plot_confusion_matrix(matrix: np.ndarray, names: Sequence[str], out: Path, title: str = "") -> Path:
    """Plots counts, rows are labels and columns predictions, coloured by the share of the row.

    `matrix`: (classes, classes), not negative. Each cell has the count and its share of the row.
    """
    counts = np.asarray(matrix)
    if counts.shape != (len(names), len(names)):
        raise ValueError(f"A matrix of shape {counts.shape} does not fit {len(names)} names.")
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = max(3.6, 0.95 * len(names) + 1.4)
    with saved_figure(out, size + 1.9, size + 0.6, title or "Confusion matrix") as figure:
        axis = figure.subplots()
        image = axis.imshow(shares, cmap=SHARE_COLORMAP, vmin=0, vmax=1)
        axis.grid(visible=False)
        axis.spines[:].set_visible(False)
        turned = 45 if max(len(name) for name in names) > 9 or len(names) > 7 else 0
        axis.set_xticks(range(len(names)), names, rotation=turned, ha="right" if turned else "center")
        axis.set_yticks(range(len(names)), [f"{name}\n{total} songs" for name, total in _rows(counts, names)])
        axis.tick_params(length=0)
        axis.set_xticks(np.arange(len(names) - 1) + 0.5, minor=True)
        axis.set_yticks(np.arange(len(names) - 1) + 0.5, minor=True)
        axis.grid(which="minor", color="white", linewidth=2.5)
        axis.tick_params(which="minor", length=0)
        axis.set_xlabel("prediction", color=SOFT)
        axis.set_ylabel("label", color=SOFT)
        for row, column in np.ndindex(counts.shape):
            share = shares[row, column]
            ink = "white" if share >= DARK else INK if counts[row, column] else SOFT
            text: dict[str, Any] = {"ha": "center", "color": ink}
            if not counts[row, column]:
                axis.text(column, row, "0", va="center", fontsize=11, **text)
                continue
            axis.text(column, row + 0.03, f"{counts[row, column]:g}", va="bottom", fontsize=13, **text)
            axis.text(column, row + 0.07, f"{share:.0%}", va="top", fontsize=8.5, **text)
        bar = figure.colorbar(image, ax=axis, shrink=0.75, ticks=[0, 0.5, 1], pad=0.03)
        bar.ax.set_yticklabels(["0%", "50%", "100%"])
        bar.outline.set_visible(False)
        bar.ax.tick_params(length=0)
        bar.set_label("share of the row", color=SOFT)
    return out


def _rows(counts: np.ndarray, names: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, f"{total:g}") for name, total in zip(names, counts.sum(axis=1), strict=True)]
