"""The data set of sung phrases, and its folds."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.errors import MoodError

EMOTIONS = ("neutral", "calm", "happy", "sad", "angry", "fearful")
"""The order of the classes."""

FOLDS = 5
SPLITS = ("actors", "random")
COLUMNS = ("file", "emotion", "intensity", "statement", "actor")


@dataclass(frozen=True)
class Phrase:
    """A sung sentence."""

    file: str
    emotion: int
    """Index in EMOTIONS."""
    strong: bool
    statement: str
    actor: int

    @property
    def male(self) -> bool:
        """Odd numbers are men in this data set."""
        return self.actor % 2 == 1


def read_phrases(folder: Path) -> list[Phrase]:
    """The rows of labels.csv in order. Raises MoodError("data_unreadable")."""
    path = folder / "labels.csv"
    if not path.is_file():
        raise MoodError("data_unreadable", f"{path} does not exist. --data names the folder with labels.csv.")
    with path.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    missing = [name for name in COLUMNS if not rows or name not in rows[0]]
    if missing:
        raise MoodError("data_unreadable", f"{path} has no column {missing[0]}. It needs {', '.join(COLUMNS)}.")
    return [_phrase(row, number, path) for number, row in enumerate(rows, start=2)]


def _phrase(row: dict[str, str], number: int, path: Path) -> Phrase:
    if row["emotion"] not in EMOTIONS:
        allowed = ", ".join(EMOTIONS)
        raise MoodError(
            "data_unreadable", f"{path}, row {number}: emotion is {row['emotion']!r}; allowed are {allowed}."
        )
    if not row["actor"].isdigit() or int(row["actor"]) < 1:
        raise MoodError(
            "data_unreadable", f"{path}, row {number}: actor is {row['actor']!r}; it must be a number from 1 on."
        )
    return Phrase(
        row["file"], EMOTIONS.index(row["emotion"]), row["intensity"] == "strong", row["statement"], int(row["actor"])
    )


def folds_of(phrases: Sequence[Phrase], split: str) -> np.ndarray:
    """The fold of each phrase, int (phrases,), 0..4.

    "actors": actors 1 to 4 are fold 0, 5 to 8 fold 1, and so on. "random": random phrases, as in other projects, so
    that training and test set share actors, often with the same sentence and emotion.
    """
    if split == "actors":
        return np.array([(phrase.actor - 1) // 4 for phrase in phrases])
    dealt = np.arange(len(phrases)) % FOLDS
    np.random.default_rng(0).shuffle(dealt)
    return dealt
