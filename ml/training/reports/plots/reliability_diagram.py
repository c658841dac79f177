"""Reliability diagrams and coverage-accuracy curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ml.training.evaluation.metrics import wilson_interval
from ml.training.reports.plots.style import BLUE, FAINT, INK, ORANGE, SOFT, as_percent, saved_figure


def plot_reliability(bins: Sequence[Mapping[str, float]], out: Path, title: str = "") -> Path:
    """Plots accuracy against confidence, and the number of predictions below.

    `bins`: low and high (0..1), count, chance (mean confidence), right (share). Bars are 95 % Wilson intervals; a bar
    across the diagonal is consistent with calibration. Raises ValueError without a filled bin.
    """
    filled = [one for one in bins if one["count"]]
    if not filled:
        raise ValueError("There is no filled bin to plot.")
    chance = np.array([one["chance"] for one in filled])
    right = np.array([one["right"] for one in filled])
    count = np.array([one["count"] for one in filled])
    intervals = [wilson_interval(round(one["right"] * one["count"]), int(one["count"])) for one in filled]
    low, high = ([interval[end] for interval in intervals] for end in ("low", "high"))
    with saved_figure(out, 5.4, 5.8, title or "Reliability diagram") as figure:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
        upper.plot([0, 1], [0, 1], color=SOFT, linewidth=1.2, linestyle="--", label="perfectly calibrated")
        upper.vlines(chance, low, high, color=BLUE, linewidth=2.2, alpha=0.45, clip_on=False, label="95 % interval")
        sizes = 30 + 170 * count / count.max()
        upper.scatter(chance, right, s=sizes, color=BLUE, zorder=3, clip_on=False, label="predictions in a bin")
        upper.set(xlim=(0, 1), ylim=(-0.03, 1.03), ylabel="accuracy")
        figure.legend(*upper.get_legend_handles_labels(), loc="outside lower center", ncols=3)
        as_percent(upper, y=True)
        lows, highs = (np.array([one[end] for one in filled]) for end in ("low", "high"))
        lower.bar(lows, count, width=highs - lows, align="edge", color=BLUE, edgecolor="white", linewidth=1.5)
        lower.set(xlabel="confidence", ylabel="predictions")
        lower.grid(visible=False, axis="x")
        as_percent(lower, x=True)
    return out


def plot_coverage(points: Sequence[Mapping[str, float]], out: Path, threshold: float | None = None) -> Path:
    """Plots accuracy against the share of songs with an answer, most confident first.

    `points`: coverage, accuracy, confidence (the lowest among them), each 0..1. `threshold`: the confidence
    below which no mood is stated. Source: El-Yaniv and Wiener (2010).
    """
    if not points:
        raise ValueError("There is no point to plot.")
    ordered = sorted(points, key=lambda point: point["coverage"])
    coverage, accuracy, confidence = (
        np.array([point[name] for point in ordered]) for name in ("coverage", "accuracy", "confidence")
    )
    with saved_figure(out, 6.2, 4.6, "Accuracy of the most confident predictions") as figure:
        axis = figure.subplots()
        axis.fill_between(coverage, accuracy[-1], accuracy, color=FAINT, alpha=0.6, linewidth=0)
        axis.plot(coverage, accuracy, color=BLUE, label="accuracy of songs with an answer")
        least = "lowest confidence among them"
        axis.plot(coverage, confidence, color=ORANGE, linestyle="--", linewidth=1.6, label=least)
        everything = f"all songs: {accuracy[-1]:.0%} right"
        axis.axhline(accuracy[-1], color=SOFT, linewidth=1.2, linestyle=":", label=everything)
        if threshold is not None and (above_threshold := confidence >= threshold).any():
            last = int(np.flatnonzero(above_threshold)[-1])
            axis.axvline(coverage[last], color=INK, linewidth=1)
            axis.plot([coverage[last]], [accuracy[last]], "o", color=INK, markersize=6)
            text = f"threshold {threshold:.2f}:\n{coverage[last]:.0%} answered, {accuracy[last]:.0%} right"
            label_left = coverage[last] > 0.55
            axis.annotate(
                text, (coverage[last], 0.04), xytext=(-6 if label_left else 6, 0), textcoords="offset points",
                ha="right" if label_left else "left", va="bottom",
            )  # fmt: skip
        axis.set(xlim=(0, 1.005), ylim=(0, 1.03), xlabel="share of songs, most confident first")
        as_percent(axis, x=True, y=True)
        figure.legend(loc="outside lower center", ncols=2)
    return out
