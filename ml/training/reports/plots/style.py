"""The common style of all plots, and saving them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from matplotlib.figure import Figure

from ml.features.spectrogram_image import colour_map

INK, SOFT, FAINT = "#1b2430", "#5b6675", "#d9dee5"
BLUE, ORANGE = "#0b6fb8", "#d55e00"
PALETTE = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#4d4d4d", "#8a7f00")
"""After Okabe and Ito, "Color Universal Design" (2002), with a darker yellow; repeats after eight."""
DPI = 160
SHARE_COLORMAP = LinearSegmentedColormap.from_list("shares", ["#ffffff", "#cfe3f3", "#6aaed6", "#1f77b4", "#0b3a66"])
"""White to dark blue: 0 to 1."""

RC_PARAMS: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.7,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "lines.linewidth": 2.0,
}


@contextmanager
def saved_figure(out: Path, width: float, height: float, title: str = "") -> Iterator[Figure]:
    """Yields a figure of this size in inches and saves it atomically to `out`."""
    with mpl.rc_context(RC_PARAMS):
        figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
        FigureCanvasAgg(figure)
        if title:
            figure.suptitle(title, x=0.01, ha="left", fontsize=12.5, fontweight="bold")
        yield figure
        out.parent.mkdir(parents=True, exist_ok=True)
        partial = out.with_name(f"{out.name}.{os.getpid()}.partial")
        figure.savefig(partial, format="png", metadata={"Software": None})
        partial.rename(out)


def colour(number: int) -> str:
    return PALETTE[number % len(PALETTE)]


def spectrogram_colormap() -> ListedColormap:
    """The colour map of the product's spectrograms."""
    return ListedColormap(colour_map() / 255.0, name="sound")


def as_percent(axis: Axes, *, x: bool = False, y: bool = False) -> None:
    """Labels shares, 0 to 1, as percent."""
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
    if x:
        axis.set_xticks(ticks, [f"{tick:.0%}" for tick in ticks])
    if y:
        axis.set_yticks(ticks, [f"{tick:.0%}" for tick in ticks])
