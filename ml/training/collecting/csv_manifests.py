"""Lists as CSV, one recording a row with its labels."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping
from pathlib import Path

from ml.errors import MoodError
from ml.training.collecting.entries import Entry

LOCATION_COLUMNS = ("file", "url", "source")
"""Columns for the recording; the first that is filled counts."""

MOOD_COLUMNS = ("mood", "moods")
ARTIST_COLUMNS = ("artist", "artist_key")
"""The same as in a table for training."""
KNOWN_COLUMNS = {*LOCATION_COLUMNS, *MOOD_COLUMNS, *ARTIST_COLUMNS, "title", "sha256", "start_s", "end_s"}
SHA256 = re.compile(r"[0-9a-f]{64}")


def read_manifest(path: Path, text: str) -> list[Entry]:
    """The rows of a CSV with column names in its first line. Invalid rows have a `problem`.

    Separated by commas, or by semicolons or tabs if the first line has no comma.

    Raises MoodError("list_unreadable") without a column for recordings, or with duplicate columns.
    """
    first = text.partition("\n")[0]
    separator = next((mark for mark in ",;\t" if mark in first), ",")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    try:
        columns = [name.strip().lower() for name in next(rows, [])]
        _check_columns(path, columns)
        entries, line = [], rows.line_num
        for cells in rows:
            if any(cell.strip() for cell in cells):
                entries.append(_entry(path, line + 1, columns, [cell.strip() for cell in cells]))
            line = rows.line_num
    except csv.Error as error:
        raise MoodError(
            "list_unreadable", f"{path}, line {rows.line_num}, is not CSV ({error}). Correct it."
        ) from error
    return entries


def _check_columns(path: Path, columns: list[str]) -> None:
    if not set(columns) & set(LOCATION_COLUMNS):
        names = ", ".join(filter(None, columns)) or "nothing"
        raise MoodError(
            "list_unreadable",
            f"The first line of {path} has {names}; one of the columns {', '.join(LOCATION_COLUMNS)} is required.",
        )
    for name in columns:
        if columns.count(name) > 1:
            raise MoodError("list_unreadable", f"{path} has two columns {name!r}. Column names must be unique.")


def _entry(path: Path, line: int, columns: list[str], cells: list[str]) -> Entry:
    row = dict(zip(columns, cells, strict=False))
    place = next((row[name] for name in LOCATION_COLUMNS if row.get(name)), "")
    problem = None
    times: dict[str, float | None] = {"start_s": None, "end_s": None}
    try:
        if any(cells[len(columns) :]):
            raise _row_error(f"The row has {len(cells)} cells for {len(columns)} columns; quote cells with commas")
        if not place:
            raise _row_error("The row has no path or link")
        times = _times(row)
        if row.get("sha256") and not SHA256.fullmatch(row["sha256"].lower()):
            raise _row_error(f"The sha256 {row['sha256']!r} is not 64 hexadecimal digits. Correct it, or leave it out")
    except MoodError as error:
        problem = error
    return Entry(
        list_name=path.name,
        row=line,
        place=place,
        folder=path.parent,
        mood=next((row[name] for name in MOOD_COLUMNS if row.get(name)), ""),
        artist=next((row[name] for name in ARTIST_COLUMNS if row.get(name)), ""),
        title=row.get("title", ""),
        sha256=row.get("sha256", "").lower(),
        extra_columns={name: value for name, value in row.items() if name and name not in KNOWN_COLUMNS},
        problem=problem,
        **times,
    )


def _times(row: Mapping[str, str]) -> dict[str, float | None]:
    start_s, end_s = (_seconds(name, row.get(name, "")) for name in ("start_s", "end_s"))
    if end_s is not None and end_s <= (start_s or 0.0):
        raise _row_error(f"end_s is {end_s:g} and start_s is {start_s or 0:g}; the end must be after the start")
    return {"start_s": start_s, "end_s": end_s}


def _seconds(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise _row_error(f"{name} is {text!r}; it must be in seconds, 0 or more, such as 12.5")
    return value


def _row_error(message: str) -> MoodError:
    return MoodError("row_wrong", f"{message}.")
