"""Reads songs and their moods from folders named after moods, or from a table.

A folder named `calm;warm` holds songs of both. A table is a CSV file with the columns `file` and `mood` (or `moods`,
separated by ; or |), and optionally `artist` and `fold`. Paths are relative to the table. Rows are numbered as in a
spreadsheet. A folder with a `labels.csv`, such as the output of `ml.training.collect`, is read by that table.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

from ml.audio.sniffing import read_head, recognise
from ml.errors import MoodError
from ml.training.own.labelled_songs import Collection, Entry, Problem, build_collection

COLUMNS = {
    "file": ("file", "path", "file_name", "filename"),
    "mood": ("mood", "moods"),
    "artist": ("artist", "artist_key"),
    "fold": ("fold",),
}
LABELS, COLLECT_FOLDER = "labels.csv", ".collect"
"""The table that ml.training.collect writes last, and the working folder that it makes first."""
AUDIO_SUFFIXES = (
    ".mp3",
    ".wav",
    ".flac",
    ".ogg",
    ".oga",
    ".opus",
    ".m4a",
    ".aac",
    ".aif",
    ".aiff",
    ".wma",
    ".mka",
    ".webm",
)
"""Files with such a name count as songs even if their content is not audio, so that damaged ones are reported."""


def read_collection(source: Path, mood_column: str = "") -> Collection:
    """The songs of a folder or table, with a problem for each that cannot be used.

    Raises MoodError: data_missing, data_unreadable, column_missing, if nothing can be read.
    """
    if (source / LABELS).is_file():
        rows_or_problems, notes = _table(source / LABELS, mood_column)
        notes.append(f"The folder is read by its table {LABELS}; other songs in it are not used.")
    elif (source / COLLECT_FOLDER).is_dir():
        raise MoodError("data_missing", f"{source} has no {LABELS} yet. Let ml.training.collect finish first.")
    elif source.is_dir():
        rows_or_problems, notes = _folder(source)
    elif source.is_file():
        rows_or_problems, notes = _table(source, mood_column)
    else:
        raise MoodError(
            "data_missing", f"{source} does not exist. Name a folder with a folder for each mood, or a CSV file."
        )
    return build_collection(source, rows_or_problems, notes)


Listed = list[Entry | Problem]


def _folder(source: Path) -> tuple[Listed, list[str]]:
    entries: Listed = []
    notes: list[str] = []
    folders = sorted(place for place in source.iterdir() if place.is_dir() and not place.name.startswith("."))
    if not folders:
        raise MoodError(
            "data_missing",
            f"{source} has no folders. Put the songs of each mood into a folder named after it (calm/, sad/).",
        )
    for mood in folders:
        songs = list(songs_under(mood))
        entries += [Entry(str(path.relative_to(source)), path, _moods(mood.name)) for path in songs]
        if not songs:
            notes.append(f"The folder {mood.name}/ has no songs.")
    loose = sum(1 for path in source.iterdir() if path.is_file() and path.suffix.lower() in AUDIO_SUFFIXES)
    if loose:
        notes.append(f"Songs outside the mood folders are not used: {loose}.")
    return entries, notes


def songs_under(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if not name.startswith(".") and (path.suffix.lower() in AUDIO_SUFFIXES or _is_audio(path)):
                yield path


def _is_audio(path: Path) -> bool:
    """Whether the content is audio: folders also hold covers and lists."""
    try:
        if path.is_file():  # opening a pipe would block
            with path.open("rb") as file:
                recognise(read_head(file))
                return True
    except (MoodError, OSError):
        pass
    return False


def _table(source: Path, mood_column: str) -> tuple[Listed, list[str]]:
    text, notes = _text(source)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    if not rows:
        raise MoodError(
            "data_unreadable", f"{source} is empty. It needs a first row “file,mood” and a row for each song."
        )
    header = [name.strip().lower() for name in rows[0]]
    accepted = COLUMNS | {"mood": (mood_column.strip().lower(),)} if mood_column else COLUMNS
    column = {
        name: header.index(index)
        for name, names in accepted.items()
        if (index := next((one for one in names if one in header), None)) is not None
    }
    for needed in ("file", "mood"):
        if needed not in column:
            raise MoodError(
                "column_missing",
                f"{source} has no column “{accepted[needed][0]}”. Its first row is: {', '.join(rows[0]) or 'empty'}."
                " “file” and “mood” are required; “artist” and “fold” are optional.",
            )
    unread = [name for number, name in enumerate(rows[0]) if number not in column.values() and name.strip()]
    if unread:
        notes.append(f"Ignored columns: {', '.join(unread)}.")
    rows_or_problems: Listed = [
        _entry(f"row {number}", row, column, source.parent)
        for number, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    ]
    return rows_or_problems, notes


def _entry(place: str, row: list[str], column: dict[str, int], beside: Path) -> Entry | Problem:
    cell = {name: row[number].strip() if number < len(row) else "" for name, number in column.items()}
    moods = _moods(cell["mood"])
    if not cell["file"]:
        return Problem(place, "file_missing", "No file is named.")
    if not moods:
        return Problem(place, "mood_missing", f"No mood is named for {cell['file']}.")
    fold = cell.get("fold", "")
    if "fold" in column and not fold.isdecimal():
        problem = f"is “{fold}”" if fold else "is missing"
        return Problem(place, "fold_invalid", f"The fold {problem}. It must be a whole number from 0 on in every row.")
    path = beside / Path(cell["file"]).expanduser()
    return Entry(place, path, moods, cell.get("artist", ""), int(fold) if fold else None)


def _moods(text: str) -> tuple[str, ...]:
    return tuple(mood.strip() for mood in re.split(r"[|;]", text) if mood.strip())


def _text(source: Path) -> tuple[str, list[str]]:
    """The text: UTF-8 with or without a byte order mark, UTF-16 with one, else Windows-1252."""
    content = source.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), []
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        if b"\0" in content:
            raise MoodError("data_unreadable", f"{source} is not a table. Name a CSV file or a folder.") from None
        return content.decode("cp1252", errors="replace"), [f"{source.name} is not UTF-8 and was read as Windows-1252."]


def _delimiter(text: str) -> str:
    """The most frequent of comma, semicolon and tab in the first row."""
    first = text.lstrip("\r\n").partition("\n")[0]
    return max(",;\t", key=first.count)
