"""A summary of each mood: songs, minutes and median features."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np

from ml.features.names import FEATURES, MODE, NAMES

SHOWN = ("tempo_bpm", "rms_mean", "spectral_centroid_mean", "zero_crossing_rate_mean", "mel_var")


def summary_by_mood(moods: Sequence[Sequence[str]], medians: np.ndarray, durations_s: np.ndarray) -> tuple[str, str]:
    """A Markdown table of a few features, and a CSV of all: songs, minutes, median of each feature.

    `moods`: those of each song; `medians`: float32 (songs, 57); `durations_s`: (songs,). For the
    mode it is the share of songs in major.
    """
    rows = []
    for mood in sorted({mood for song in moods for mood in song}, key=str.casefold):
        songs = np.array([number for number, song in enumerate(moods) if mood in song])
        middle = np.median(medians[songs], axis=0)
        middle[MODE] = medians[songs, MODE].mean()
        rows.append((mood, len(songs), float(durations_s[songs].sum()) / 60, middle))
    return _markdown(rows), _csv(rows)


Row = tuple[str, int, float, np.ndarray]


def _markdown(rows: list[Row]) -> str:
    units = {feature.name: feature.unit for feature in FEATURES}
    heads = [f"{name} ({units[name]})" for name in SHOWN]
    lines = [
        f"| mood | songs | minutes | in major | {' | '.join(heads)} |",
        f"| --- |{' --- |' * (3 + len(SHOWN))}",
    ]
    for mood, songs, minutes, middle in rows:
        cells = [f"{middle[NAMES.index(name)]:.4g}" for name in SHOWN]
        lines.append(f"| {mood} | {songs} | {minutes:.1f} | {middle[MODE]:.0%} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _csv(rows: list[Row]) -> str:
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(["mood", "songs", "minutes", *("share_in_major" if name == "mode" else name for name in NAMES)])
    for mood, songs, minutes, middle in rows:
        table.writerow([mood, songs, f"{minutes:.2f}", *(f"{value:.6g}" for value in middle)])
    return text.getvalue()
