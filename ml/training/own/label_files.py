"""Reads which songs carry which moods: a folder of folders that are named after moods, or a table.

A folder named `calm;warm` holds songs of both. A table is a CSV file with the columns `file` and `mood` (or `moods`,
separated by ; or |), and if they are known `artist` and `fold`. Paths in it are relative to the table. A row is
counted as a spreadsheet shows it. A folder that holds such a table, `labels.csv`, is read by it: so
`ml.training.collect` leaves what it collected.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

from ml.audio.sniffing import HEAD_BYTES, recognise
from ml.errors import MoodError
from ml.training.own.labelled_songs import Collection, Entry, Problem, build_collection

COLUMNS = {
    "file": ("file", "path", "file_name", "filename"),
    "mood": ("mood", "moods"),
    "artist": ("artist", "artist_key"),
    "fold": ("fold",),
}
LABELS, COLLECT_FOLDER = "labels.csv", ".collect"
"""What ml.training.collect makes in its folder: its table, at the end; and a folder for its work, at the beginning."""
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
"""Files with such a name are songs even where their bytes are none's, so that a broken one is reported."""


def read_collection(source: Path, mood_column: str = "") -> Collection:
    """The songs of a folder or a table, with a problem for each that cannot be used.

    Raises MoodError: data_missing, data_unreadable, column_missing, where nothing can be read at all.
    """
    if (source / LABELS).is_file():
        rows_or_problems, notes = _table(source / LABELS, mood_column)
        notes.append(f"The folder is read by its table, {LABELS}; songs that it does not list are not used.")
    elif (source / COLLECT_FOLDER).is_dir():
        raise MoodError("data_missing", f"{source} holds no {LABELS} yet; let ml.training.collect come to its end.")
    elif source.is_dir():
        rows_or_problems, notes = _folder(source)
    elif source.is_file():
        rows_or_problems, notes = _table(source, mood_column)
    else:
        raise MoodError("data_missing", f"There is no {source}; name a folder of mood-named folders, or a CSV file.")
    return build_collection(source, rows_or_problems, notes)


Listed = list[Entry | Problem]


def _folder(source: Path) -> tuple[Listed, list[str]]:
    entries: Listed = []
    notes: list[str] = []
    folders = sorted(place for place in source.iterdir() if place.is_dir() and not place.name.startswith("."))
    if not folders:
        raise MoodError(
            "data_missing",
            f"{source} holds no folders; put the songs of each mood into a folder named after it (calm/, sad/).",
        )
    for mood in folders:
        songs = list(songs_under(mood))
        entries += [Entry(str(path.relative_to(source)), path, _moods(mood.name)) for path in songs]
        if not songs:
            notes.append(f"The folder {mood.name}/ holds no songs.")
    loose = sum(1 for path in source.iterdir() if path.is_file() and path.suffix.lower() in AUDIO_SUFFIXES)
    if loose:
        notes.append(f"Songs beside the folders of moods, where nothing says what they are, are not used: {loose}.")
    return entries, notes


def songs_under(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if not name.startswith(".") and (path.suffix.lower() in AUDIO_SUFFIXES or _is_audio(path)):
                yield path


def _is_audio(path: Path) -> bool:
    """Covers and lists lie beside songs, and are none."""
    try:
        if path.is_file():  # to open a pipe would wait for its other end for ever
            with path.open("rb") as file:
                recognise(file.read(HEAD_BYTES))
                return True
    except (MoodError, OSError):
        pass
    return False


def _table(source: Path, mood_column: str) -> tuple[Listed, list[str]]:
    text, notes = _text(source)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    if not rows:
        raise MoodError("data_unreadable", f"{source} is empty; it needs a first row “file,mood” and a row a song.")
    header = [name.strip().lower() for name in rows[0]]
    accepted = COLUMNS | {"mood": (mood_column.strip().lower(),)} if mood_column else COLUMNS
    column = {
        name: header.index(found)
        for name, names in accepted.items()
        if (found := next((one for one in names if one in header), None)) is not None
    }
    for needed in ("file", "mood"):
        if needed not in column:
            raise MoodError(
                "column_missing",
                f"{source} has no column “{accepted[needed][0]}”; its first row names: "
                f"{', '.join(rows[0]) or 'nothing'}. “file” and “mood” are required, “artist” and “fold” are optional.",
            )
    unread = [name for number, name in enumerate(rows[0]) if number not in column.values() and name.strip()]
    if unread:
        notes.append(f"Columns that are not read: {', '.join(unread)}.")
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
        return Problem(place, "fold_invalid", f"The fold {problem}; it must be a whole number from 0 on, in every row.")
    path = beside / Path(cell["file"]).expanduser()
    return Entry(place, path, moods, cell.get("artist", ""), int(fold) if fold else None)


def _moods(text: str) -> tuple[str, ...]:
    return tuple(mood.strip() for mood in re.split(r"[|;]", text) if mood.strip())


def _text(source: Path) -> tuple[str, list[str]]:
    """A spreadsheet's table: UTF-8 with or without its mark, UTF-16 with it, else Windows' western letters."""
    content = source.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), []
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        if b"\0" in content:
            raise MoodError("data_unreadable", f"{source} is no table; name a CSV file or a folder.") from None
        return content.decode("cp1252", errors="replace"), [f"{source.name} is not UTF-8; read as Windows-1252."]


def _delimiter(text: str) -> str:
    """What stands between columns: a comma, or a semicolon or tab where the first row has more of these."""
    first = text.lstrip("\r\n").partition("\n")[0]
    return max(",;\t", key=first.count)
