"""Synthetic singing: a voice with overtones, for any tune and loudness."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ml.training.sung.phrases import COLUMNS, EMOTIONS, Phrase
from tests.synthesis import Samples, note_hz

RATE = 16_000


def sung(notes: list[float], note_s: float = 0.5, brightness: float = 0.5, amplitude: float = 0.3) -> Samples:
    """A voice of eight overtones on these MIDI notes, one after the other without pauses."""
    hz = np.repeat([note_hz(note) for note in notes], round(note_s * RATE))
    turns = 2 * np.pi * np.cumsum(hz) / RATE
    wave = sum(brightness ** (number - 1) * np.sin(number * turns) for number in range(1, 9))
    return (amplitude * wave / np.abs(wave).max()).astype(np.float32)


def phrase(number: int, emotion: int = 0, actor: int = 1) -> Phrase:
    return Phrase(f"{number}.wav", emotion, bool(number % 2), "01", actor)


def labels(folder: Path, rows: list[tuple[object, ...]]) -> Path:
    """A labels.csv of (file, emotion, intensity, statement, actor)."""
    folder.mkdir(parents=True, exist_ok=True)
    text = [",".join(COLUMNS), *(",".join(map(str, row)) for row in rows)]
    (folder / "labels.csv").write_text("\n".join(text) + "\n")
    return folder


def row(number: int, emotion: str = EMOTIONS[0], actor: object = 1) -> tuple[object, ...]:
    return (f"{number}.wav", emotion, "normal", "01", actor)
