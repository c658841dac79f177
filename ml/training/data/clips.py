"""Labelled clips with their folds, read from folders with a labels.csv."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

from ml.errors import MoodError
from ml.moods import EMOTION_NAMES, QUADRANTS

MUSIC_SETS = ("4qaed", "mirex", "emotify")


@dataclass(frozen=True)
class Clip:
    """A recording with its labels. Label schemes that its collection lacks are None."""

    collection: str
    file: str
    fold: int
    artist: str
    genre: str
    quadrant: int | None = None
    cluster: int | None = None
    valence_arousal: tuple[float, float] | None = None
    emotions: tuple[float, ...] | None = None
    listeners: int = 0
    words: tuple[str, ...] = field(default_factory=tuple)

    @property
    def name(self) -> str:
        return f"{self.collection}/{self.file}"


def read_clips(data: Path, collections: tuple[str, ...] = MUSIC_SETS) -> list[Clip]:
    """All clips of the named collections, in the order of their label files.

    Raises MoodError("data_missing").
    """
    clips = []
    for collection in collections:
        place = data / collection / "labels.csv"
        if not place.is_file():
            raise MoodError("data_missing", f"{place} does not exist. --data names the folder with {collection}/.")
        with place.open(newline="", encoding="utf-8") as handle:
            clips += [_clip(collection, row) for row in csv.DictReader(handle)]
    return clips


def _clip(collection: str, row: dict[str, str]) -> Clip:
    shares = tuple(float(row[name]) for name in EMOTION_NAMES) if "listeners" in row else None
    return Clip(
        collection=collection,
        file=row["file"],
        fold=int(row["fold"]),
        artist=row["artist_key"],
        genre=row.get("genres") or row.get("genre") or "",
        quadrant=QUADRANTS.index(row["quadrant"]) if "quadrant" in row else None,
        cluster=int(row["cluster"]) - 1 if "cluster" in row else None,
        valence_arousal=(float(row["valence"]), float(row["arousal"])) if "valence" in row else None,
        emotions=shares,
        listeners=int(row["listeners"]) if shares else 0,
        words=tuple((row.get("moods") or row.get("mood") or "").split(";")),
    )
