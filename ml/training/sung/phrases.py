"""The set of sung phrases: who sang what, and which phrases are kept out of which training."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.errors import MoodError

EMOTIONS = ("neutral", "calm", "happy", "sad", "angry", "fearful")
"""The order of every array of chances."""

FOLDS = 5
SPLITS = ("actors", "random")
COLUMNS = ("file", "emotion", "intensity", "statement", "actor")


@dataclass(frozen=True)
class Phrase:
    """One sung sentence."""

    file: str
    emotion: int
    """Its place in EMOTIONS."""
    strong: bool
    statement: str
    actor: int

    @property
    def male(self) -> bool:
        """In this set odd numbers are men."""
        return self.actor % 2 == 1


def read_phrases(folder: Path) -> list[Phrase]:
    """The rows of labels.csv, in its order. MoodError("data_unreadable") says which row is wrong, and how."""
    path = folder / "labels.csv"
    if not path.is_file():
        raise MoodError("data_unreadable", f"{path} does not exist; --data names the folder that holds labels.csv.")
    with path.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    missing = [name for name in COLUMNS if not rows or name not in rows[0]]
    if missing:
        raise MoodError("data_unreadable", f"{path} has no column {missing[0]}; it needs {', '.join(COLUMNS)}.")
    return [_phrase(row, number, path) for number, row in enumerate(rows, start=2)]


def _phrase(row: dict[str, str], number: int, path: Path) -> Phrase:
    if row["emotion"] not in EMOTIONS:
        allowed = ", ".join(EMOTIONS)
        raise MoodError("data_unreadable", f"{path}, row {number}: emotion is {row['emotion']!r}; one of {allowed}.")
    if not row["actor"].isdigit() or int(row["actor"]) < 1:
        raise MoodError("data_unreadable", f"{path}, row {number}: actor is {row['actor']!r}; a number from 1 on.")
    return Phrase(
        row["file"], EMOTIONS.index(row["emotion"]), row["intensity"] == "strong", row["statement"], int(row["actor"])
    )


def folds_of(phrases: Sequence[Phrase], split: str) -> np.ndarray:
    """The fold of each phrase, int (phrases,), 0..4.

    "actors": actors 1 to 4 are fold 0, 5 to 8 fold 1, and so on; no actor is on both sides. "random": phrases are
    dealt at random, as others did, and an actor is on both sides, often with the same sentence in the same feeling.
    """
    if split == "actors":
        return np.array([(phrase.actor - 1) // 4 for phrase in phrases])
    dealt = np.arange(len(phrases)) % FOLDS
    np.random.default_rng(0).shuffle(dealt)
    return dealt
