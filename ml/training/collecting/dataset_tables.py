"""The two tables of a data set: labels for training, and the outcome of each row."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ml.training.collecting.atomic_files import write_atomically
from ml.training.collecting.collector import DUPLICATE, FAILED, Outcome
from ml.training.collecting.dataset_store import StoredRecording
from ml.training.collecting.entries import Entry

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

    Moods and artists that were added to the table by hand are kept if the list has none. Every recording has an artist
    if any of its rows, copies or other passages has one; passages of a file without any get the file as artist. So a
    split by artist keeps them together. Without recordings an existing table stays unchanged.
    """
    stored = [(each, each.recording) for each in outcomes if each.recording and each.outcome != FAILED]
    before = _rows_before(folder / LABELS)
    artists = _artists(stored, before)
    rows = [
        _row(outcome.entry, recording, before.get(recording.file, {}), artists)
        for outcome, recording in stored
        if outcome.outcome != DUPLICATE
    ]
    passages = Counter(row["source_sha256"] for row in rows)
    for row in rows:
        if not row["artist"] and passages[row["source_sha256"]] > 1:
            row["artist"] = _artist_of_source(row["source_sha256"])
    extra = dict.fromkeys(name for row in rows for name in row if name not in COLUMNS)
    if rows:
        _write(folder / LABELS, (*COLUMNS, *extra), rows)
    return rows


def _artists(
    stored: Sequence[tuple[Outcome, StoredRecording]], before: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """The artist by recording and by source: of the lists, else as the table has it, else of the tags."""
    artists: dict[str, str] = {}
    for kind in ("list", "table", "tags"):
        for outcome, recording in stored:
            by_hand = before.get(recording.file, {}).get("artist") or ""
            if by_hand == _artist_of_source(recording.source_sha256):
                by_hand = ""
            artist = {"list": outcome.entry.artist, "table": by_hand, "tags": recording.artist}[kind]
            if artist:
                artists.setdefault(recording.file, artist)
                artists.setdefault(recording.source_sha256, artist)
    return artists


def _row(
    entry: Entry, recording: StoredRecording, before: Mapping[str, str], artists: Mapping[str, str]
) -> dict[str, str]:
    return {
        **{name: value for name, value in entry.extra_columns.items() if name not in COLUMNS},
        "file": recording.file,
        "mood": entry.mood or before.get("mood") or before.get("moods") or "",
        "artist": artists.get(recording.file) or artists.get(recording.source_sha256, ""),
        "title": entry.title or recording.title,
        "duration_s": f"{recording.duration_s:g}",
        "sha256": recording.sha256,
        "source": entry.place,
        "source_sha256": recording.source_sha256,
        "source_start_s": f"{recording.start_s:g}",
    }


def _artist_of_source(source_sha256: str) -> str:
    return f"source {source_sha256[:12]}"


def _rows_before(path: Path) -> dict[str, dict[str, str]]:
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8", errors="replace") as handle:
        return {row["file"]: row for row in csv.DictReader(handle) if row.get("file")}


def _write(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, object]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(columns), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_atomically(path, text.getvalue().encode())
