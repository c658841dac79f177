"""Feature distributions by mood: box plots, and the separation of each pair of moods."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, StrMethodFormatter

from ml.features.names import FEATURES, KEY, MODE
from ml.training.reports.cliffs_delta import pairwise_cliffs_delta
from ml.training.reports.plots.style import INK, SHARE_COLORMAP, SOFT, colour, saved_figure

FEATURES_SHOWN = 9
LINES = 3
"""Pairs above each box plot; the matrix below has all of them."""
DARK = 0.55
NARROW, WIDE = 5.0, 500.0
"""Ratios of largest to smallest value: linear ticks below the first, only powers of ten above the second."""


def plot_features(by_mood: Mapping[str, np.ndarray], out: Path) -> Path:
    """`by_mood`: the 57 features of the songs of each mood, (songs, 57). At least two moods.

    Box plots of the nine features that separate some pair of moods best, with every song; then the best feature for
    each pair. The score is the absolute value of Cliff's delta.
    """
    tables = {mood: np.asarray(table) for mood, table in by_mood.items() if len(table)}
    if len(tables) < 2:
        raise ValueError("Two moods with songs are needed for a comparison.")
    scores = {pair: np.abs(values) for pair, values in pairwise_cliffs_delta(tables).items()}
    for values in scores.values():
        values[[KEY, MODE]] = 0.0  # pitch classes are not quantities
    wide, deep = max(9.0, 3 * (0.5 * len(tables) + 1.2)), 0.5 * len(tables) + 0.6
    tall = 9.0 + 0.25 * max(0, len(tables) - 5)
    matrix = len(scores) > 1  # a single pair needs no matrix
    title = "Features by mood, with the separation of pairs (Cliff's delta: 0 none, 1 complete)"
    with saved_figure(out, wide, tall + deep * matrix, title) as figure:
        heights = [tall, deep] if matrix else [tall]
        parts = figure.subfigures(len(heights), 1, height_ratios=heights, hspace=0.04, squeeze=False)[:, 0]
        for axis, number in zip(parts[0].subplots(3, 3).flat, most_separating(scores, FEATURES_SHOWN), strict=True):
            _boxes(axis, tables, number, scores)
        if matrix:
            _matrix(parts[1].subplots(), list(tables), scores)
    return out


def most_separating(scores: Mapping[tuple[str, str], np.ndarray], count: int) -> list[int]:
    """Feature columns: for each pair in turn, best separated first, its best feature that is not chosen yet."""
    pairs = sorted(scores, key=lambda pair: -scores[pair].max())
    ranked = {pair: list(np.argsort(-scores[pair], kind="stable")) for pair in pairs}
    chosen: list[int] = []
    while len(chosen) < count:
        pair = pairs[len(chosen) % len(pairs)]
        chosen.append(next(int(number) for number in ranked[pair] if number not in chosen))
    return sorted(chosen, key=lambda number: -max(values[number] for values in scores.values()))


def _boxes(
    axis: Axes, tables: Mapping[str, np.ndarray], number: int, scores: Mapping[tuple[str, str], np.ndarray]
) -> None:
    feature = FEATURES[number]
    random = np.random.default_rng(0)
    values = [table[:, number] for table in tables.values()]
    if feature.log:
        values = [np.maximum(one, 1e-8) for one in values]
        _logarithmic(axis, np.concatenate(values))
    boxes = axis.boxplot(
        values, widths=0.55, patch_artist=True, showfliers=False, medianprops={"color": INK, "linewidth": 1.8},
        whiskerprops={"color": SOFT}, capprops={"color": SOFT},
    )  # fmt: skip
    for place, (box, points) in enumerate(zip(boxes["boxes"], values, strict=True)):
        box.set(facecolor=colour(place), alpha=0.45, edgecolor=colour(place))
        jitter = place + 1 + random.uniform(-0.18, 0.18, len(points))
        axis.plot(jitter, points, ".", color=colour(place), markersize=3, alpha=0.7)
    names = list(tables)
    turned = sum(map(len, names)) + 3 * len(names) > 34
    axis.set_xticks(range(1, len(names) + 1), names, rotation=35 if turned else 0, ha="right" if turned else "center")
    axis.grid(visible=False, axis="x")
    best = sorted(scores, key=lambda pair: -scores[pair][number])[:LINES]
    text = "\n".join(f"{one} / {other}  {scores[one, other][number]:.2f}" for one, other in best)
    axis.set_title(feature.name, fontsize=9.5, pad=5 + 10.5 * len(best))
    axis.set_ylabel(feature.unit, color=SOFT, fontsize=8)
    axis.text(0, 1.02, text, transform=axis.transAxes, fontsize=7.5, color=SOFT, va="bottom", linespacing=1.25)


def _logarithmic(axis: Axes, values: np.ndarray) -> None:
    """A logarithmic scale with plain numbers on it."""
    axis.set_yscale("log")
    spread = values.max() / values.min()
    if spread < NARROW:
        axis.yaxis.set_major_locator(MaxNLocator(4))
    else:
        axis.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if spread < WIDE else (1.0,), numticks=12))
    axis.yaxis.set_minor_locator(NullLocator())
    axis.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))


def _matrix(axis: Axes, moods: list[str], scores: Mapping[tuple[str, str], np.ndarray]) -> None:
    best = np.full((len(moods), len(moods)), np.nan)
    for (one, other), values in scores.items():
        row, column = moods.index(other), moods.index(one)
        best[row, column] = values.max()
        ink = "white" if values.max() >= DARK else INK
        text = f"{values.max():.2f}\n{FEATURES[int(values.argmax())].name}"
        axis.text(column, row, text, ha="center", va="center", color=ink, fontsize=7.5)
    axis.imshow(np.ma.masked_invalid(best)[1:, :-1], cmap=SHARE_COLORMAP, vmin=0, vmax=1, aspect="auto",
                extent=(-0.5, len(moods) - 1.5, len(moods) - 0.5, 0.5))  # fmt: skip
    axis.set_xticks(range(len(moods) - 1), moods[:-1])
    axis.set_yticks(range(1, len(moods)), moods[1:])
    axis.grid(visible=False)
    axis.set_xticks(np.arange(len(moods) - 2) + 0.5, minor=True)
    axis.set_yticks(np.arange(1, len(moods) - 1) + 0.5, minor=True)
    axis.grid(which="minor", color="white", linewidth=2.5)
    axis.spines[:].set_visible(False)
    axis.tick_params(which="both", length=0)
    axis.set_title("Best feature for each pair of moods")
