"""Plots of the product's metrics and training data, for ml.training.evaluate --pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ml.models.card import NETWORKS, VIEWS
from ml.moods import QUADRANT_WORDS
from ml.training.data.packing import Pack

TITLES = {"both": "Both networks", "cnn1d": "The 1D network", "cnn2d": "The 2D network"}
CLAIMS = {"4qaed": "quadrant of mood", "mirex": "cluster of mood words"}
SIDES = {"first": "first side of the name", "second": "second side of the name"}
LOSSES = {
    "loss": "Total, weighted",
    "quadrants": "Quadrants",
    "clusters": "Clusters",
    "emotions": "Nine emotions",
    "affect": "Valence and arousal",
    "moods": "Sixteen mood terms",
    "words": "Mood tags",
    "teacher": "Teachers",
}
"""The parts of the loss in ml.training.networks.student."""
RUNS = {"without one of the five folds": ("0", "1", "2", "3", "4"), "on all folds": ("final",)}
SHOWN = 3
"""Spectrograms of each mood."""


def plot_report(pack: Pack, report: dict[str, Any], folder: Path, runs: Path) -> list[Path]:
    """Plots a report (`ml.training.evaluation.card_report.report`) and returns the written files.

    Loss curves from the logs in `runs`; confusion matrices, reliability diagrams and coverage of each view;
    spectrograms, feature distributions and a summary (Markdown and CSV) of the four quadrants.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [*_loss_plots(runs, folder), *_metric_plots(report, folder), *_music_plots(pack, folder)]


def _loss_plots(runs: Path, folder: Path) -> list[Path]:
    """Loss curves of the networks in `runs`."""
    from ml.training.reports.plots import plot_losses  # matplotlib takes a second to load

    written = []
    for network in NETWORKS:
        logs = {
            kind: [log for name in names for log in _logs(runs / f"{network}-{name}")] for kind, names in RUNS.items()
        }
        if any(logs.values()):
            title = f"{TITLES[network]}: loss by epoch (final weights are a moving average over steps)"
            written.append(plot_losses(logs, LOSSES, folder / f"history-{network}.png", title))
    return written


def _logs(run: Path) -> list[Path]:
    """The logs of a network or of its members."""
    return sorted(run.rglob("epochs.csv"))


def _metric_plots(report: dict[str, Any], folder: Path) -> list[Path]:
    from ml.training.reports.plots import plot_confusion_matrix, plot_coverage, plot_reliability

    written = []
    for view in VIEWS:
        for name, matrix in report["confusion"][view].items():
            place = folder / f"confusion-{name}-{view}.png"
            written.append(
                plot_confusion_matrix(np.array(matrix["counts"]), matrix["labels"], place, f"{TITLES[view]}, {name}")
            )
        for claim, text in CLAIMS.items():
            place = folder / f"reliability-{claim}-{view}.png"
            written.append(plot_reliability(report["reliability"][view][claim], place, f"{TITLES[view]}: {text}"))
        names = report["names"][view]["4qaed"]
        for side, text in SIDES.items():
            place = folder / f"reliability-{side}_side-{view}.png"
            written.append(plot_reliability(names["reliability"][side], place, f"{TITLES[view]}: {text}, 4Q"))
        threshold = report.get("calibration", {}).get(view, {}).get("threshold")
        written.append(plot_coverage(names["coverage"], folder / f"coverage-{view}.png", threshold))
    return written


def _music_plots(pack: Pack, folder: Path) -> list[Path]:
    """Plots of the clips with a quadrant."""
    from ml.training.reports.mood_summary import summary_by_mood
    from ml.training.reports.plots import plot_features, plot_spectrograms

    moods = {f"{name}: {words}": number for number, (name, words) in enumerate(QUADRANT_WORDS.items())}
    clips = {mood: [i for i in pack.measured if pack.clips[i].quadrant == number] for mood, number in moods.items()}
    clips = {mood: rows for mood, rows in clips.items() if rows}
    steps = pack.spec.segment_steps
    spectrograms = {mood: [pack.mel_of(i)[:steps] for i in rows[:SHOWN]] for mood, rows in clips.items()}
    medians = {mood: np.stack([np.median(pack.frames_of(i), axis=0) for i in rows]) for mood, rows in clips.items()}
    written = [plot_spectrograms(spectrograms, pack.spec, folder / "spectrograms.png")]
    if len(medians) > 1:
        written.append(plot_features(medians, folder / "features.png"))
    markdown, table = summary_by_mood(
        [[mood] for mood, rows in clips.items() for _ in rows],
        np.concatenate(list(medians.values())),
        np.array([pack.duration_s(i) for rows in clips.values() for i in rows]),
    )
    for name, text in (("summary.md", markdown + "\n"), ("summary.csv", table)):
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written
