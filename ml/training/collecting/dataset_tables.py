"""The two tables of a data set: labels for training, and the outcome of each row."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from ml.training.collecting.atomic_files import write_atomically
from ml.training.collecting.collector import DUPLICATE, FAILED, Outcome

LABELS, REPORT = "labels.csv", "report.csv"
COLUMNS = (
    *("file", "mood", "artist", "title", "duration_s"),
    *("sha256", "source", "source_sha256", "source_start_s"),
)


def write_report(folder: Path, outcomes: Iterable[Outcome]) -> None:
    """Writes every row of every list with its outcome."""
    rows = [
        {
            "list": each.entry.list_name,
            "row": each.entry.row,
            "place": each.entry.place,
            "outcome": each.outcome,
            "code": each.code,
            "message": each.message,
            "file": each.recording.file if each.recording else "",
        }
        for each in outcomes
    ]
    _write(folder / REPORT, ("list", "row", "place", "outcome", "code", "message", "file"), rows)


def write_labels(folder: Path, outcomes: Iterable[Outcome]) -> list[dict[str, str]]:
    """Writes and returns a row for each recording, with the extra columns of the lists at the end.

    Moods that were added to the table by hand are kept if the list has none. Passages of the same file without an
    artist get the file as artist, so that a split by artist keeps them together. Without recordings an existing table
    stays unchanged.
    """
    previous_moods = _moods_before(folder / LABELS)
    rows = [
        _row(each, previous_moods) for each in outcomes if each.recording and each.outcome not in (FAILED, DUPLICATE)
    ]
    passages = Counter(row["source_sha256"] for row in rows)
    for row in rows:
        if not row["artist"] and passages[row["source_sha256"]] > 1:
            row["artist"] = f"source {row['source_sha256'][:12]}"
    extra = dict.fromkeys(name for row in rows for name in row if name not in COLUMNS)
    if rows:
        _write(folder / LABELS, (*COLUMNS, *extra), rows)
    return rows


def _row(outcome: Outcome, before: dict[str, str]) -> dict[str, str]:
    entry, recording = outcome.entry, outcome.recording
    assert recording is not None
    return {
        **{name: value for name, value in entry.extra_columns.items() if name not in COLUMNS},
        "file": recording.file,
        "mood": entry.mood or before.get(recording.file, ""),
        "artist": entry.artist or recording.artist,
        "title": entry.title or recording.title,
        "duration_s": f"{recording.duration_s:g}",
        "sha256": recording.sha256,
        "source": entry.place,
        "source_sha256": recording.source_sha256,
        "source_start_s": f"{recording.start_s:g}",
    }


def _moods_before(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8", errors="replace") as handle:
        rows = list(csv.DictReader(handle))
    return {row["file"]: row.get("mood") or row.get("moods") or "" for row in rows if row.get("file")}


def _write(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, object]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(columns), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_atomically(path, text.getvalue().encode())
