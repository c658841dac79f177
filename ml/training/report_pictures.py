"""The product's own figures and the music behind them, drawn: called by ml.training.evaluate --pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ml.models.card import VIEWS
from ml.moods import QUADRANT_WORDS
from ml.training.pack import Pack

TITLES = {"both": "Both networks", "cnn1d": "The 1D network", "cnn2d": "The 2D network"}
CLAIMS = {
    "4qaed": "quadrant of mood",
    "mirex": "cluster of mood words",
    "first_side": "first side of the mood",
    "second_side": "second side of the mood",
}
SHOWN = 3
"""Spectrograms of each mood."""


def draw_report(pack: Pack, found: dict[str, Any], folder: Path) -> list[Path]:
    """Draws a report (`ml.training.quality.report`) into a folder, and returns what it wrote.

    Confusion matrices and reliability diagrams of each view, coverage against accuracy; of the four quadrants' clips
    spectrograms side by side, box plots of features with how far moods are apart, a summary as Markdown and CSV.
    """
    from ml.training.pictures import (  # matplotlib takes a second to load
        confusion_picture,
        coverage_picture,
        features_picture,
        reliability_picture,
        spectrograms_picture,
        summary_by_mood,
    )

    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for view in VIEWS:
        for name, matrix in found["confusion"][view].items():
            place = folder / f"confusion-{name}-{view}.png"
            drawn.append(
                confusion_picture(np.array(matrix["counts"]), matrix["labels"], place, f"{TITLES[view]}, {name}")
            )
        for claim, text in CLAIMS.items():
            place = folder / f"reliability-{claim}-{view}.png"
            drawn.append(reliability_picture(found["reliability"][view][claim], place, f"{TITLES[view]}: {text}"))
        threshold = found["calibration"][view]["threshold"]
        drawn.append(coverage_picture(found["composite"][view]["coverage"], folder / f"coverage-{view}.png", threshold))
    moods = {f"{name}: {words}": number for number, (name, words) in enumerate(QUADRANT_WORDS.items())}
    clips = {
        mood: [i for i, clip in enumerate(pack.clips) if clip.quadrant == number] for mood, number in moods.items()
    }
    clips = {mood: rows for mood, rows in clips.items() if rows}
    steps = pack.spec.segment_steps
    seen = {mood: [pack.mel_of(i)[:steps] for i in rows[:SHOWN]] for mood, rows in clips.items()}
    medians = {mood: np.stack([np.median(pack.frames_of(i), axis=0) for i in rows]) for mood, rows in clips.items()}
    drawn.append(spectrograms_picture(seen, pack.spec, folder / "spectrograms.png"))
    if len(medians) > 1:
        drawn.append(features_picture(medians, folder / "features.png"))
    markdown, table = summary_by_mood(
        [[mood] for mood, rows in clips.items() for _ in rows],
        np.concatenate(list(medians.values())),
        np.array([pack.duration_s(i) for rows in clips.values() for i in rows]),
    )
    for name, text in (("summary.md", markdown + "\n"), ("summary.csv", table)):
        (folder / name).write_text(text, encoding="utf-8")
        drawn.append(folder / name)
    return drawn
