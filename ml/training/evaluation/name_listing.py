"""Tables of songs with people's words and the name given, and the files of names that other programs score."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from ml.moods import EMOTION_NAMES, EMOTIONS
from ml.training.data.clips import Clip
from ml.training.evaluation.name_report import NAMINGS, Answers
from ml.training.evaluation.out_of_fold import OutOfFoldScores
from ml.training.reports.markdown import table

COLLECTIONS = ("4qaed", "mirex", "emotify")
RIGHT = ("-", "one", "both")
"""How many sides of a name are right."""


@dataclass(frozen=True)
class ListedName:
    """A song with people's words, the name given, and the confidence of each side, 0..1."""

    collection: str
    file: str
    words: str
    name: str
    first: float
    second: float
    right: str
    """How many of the sides are terms of people's words."""


def listed_names(oof: OutOfFoldScores, view: str, count: int) -> list[ListedName]:
    """The first `count` clips of each collection, in the order of its label file."""
    composites = oof.names(view)
    rows = [int(i) for collection in COLLECTIONS for i in oof.rows(collection)[:count]]
    return [
        ListedName(
            collection=oof.clips[i].collection,
            file=oof.clips[i].file,
            words=people_words(oof.clips[i]),
            name=composites[i].name,
            first=round(composites[i].confidence, 2),
            second=round(composites[i].secondary_confidence, 2),
            right=RIGHT[sum(s in oof.clips[i].terms for s in (composites[i].primary, composites[i].secondary))],
        )
        for i in rows
    ]


def people_words(clip: Clip) -> str:
    """All words of editors, or each emotion that listeners of Emotify felt with its share, the largest first."""
    if clip.emotions is None:
        return ", ".join(clip.words)
    felt = sorted(zip(clip.emotions, EMOTION_NAMES, strict=True), reverse=True)
    return ", ".join(f"{EMOTIONS[emotion].noun} {100 * share:.0f} %" for share, emotion in felt if share > 0)


def to_markdown(rows: Sequence[ListedName]) -> str:
    """A table for each collection."""
    parts = []
    for collection in dict.fromkeys(row.collection for row in rows):
        cells = [
            [row.file, row.words, row.name, f"{row.first:.0%}", f"{row.second:.0%}", row.right]
            for row in rows
            if row.collection == collection
        ]
        heads = ["clip", "people's words", "name given", "first side", "second side", "right"]
        parts.append(f"## {collection}\n\n{table(heads, cells)}\n")
    return "\n".join(parts)


def to_csv(rows: Sequence[ListedName]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([field.name for field in fields(ListedName)])
    writer.writerows(map(astuple, rows))
    return text.getvalue()


def write_names(oof: OutOfFoldScores, answers: Mapping[str, Answers], folder: Path) -> list[Path]:
    """Writes a CSV with the columns file, primary, secondary for each naming and view: `4qaed-both.csv`.

    These are the names that `name_report` measures, and other scoring programs can read them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for key, naming in NAMINGS.items():
        for view, answer in answers.items():
            path = folder / f"{key}-{view}.csv"
            rows: list[dict[str, Any]] = []
            for i in oof.rows(naming.collection):
                primary, secondary = naming.pair(answer.scores[i], answer.composites[i])
                rows.append({"file": oof.clips[i].file, "primary": primary, "secondary": secondary})
            with path.open("w", newline="", encoding="utf-8") as handle:
                writer = csv.DictWriter(handle, ["file", "primary", "secondary"])
                writer.writeheader()
                writer.writerows(rows)
            written.append(path)
    return written
