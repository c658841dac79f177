"""Reads lists of recordings by their suffix; a CSV may name playlists, which are expanded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ml.errors import MoodError
from ml.training.collecting.csv_manifests import read_manifest
from ml.training.collecting.entries import Entry
from ml.training.collecting.playlists import read_m3u, read_pls, read_xspf

PLAYLISTS: dict[str, Callable[[Path, str], list[Entry]]] = {
    ".m3u": read_m3u,
    ".m3u8": read_m3u,
    ".txt": read_m3u,
    ".pls": read_pls,
    ".xspf": read_xspf,
}
READERS = {".csv": read_manifest, ".tsv": read_manifest, **PLAYLISTS}

MAX_LIST_BYTES = 32 * 1024 * 1024
"""Bytes; some 200,000 rows."""


def read_lists(paths: list[Path], mood: str = "") -> list[Entry]:
    """The entries of all lists in order. `mood` is for entries without one.

    A CSV entry that names a local playlist is replaced by the entries of the playlist, with its mood and extra
    columns.

    Raises MoodError: list_missing, list_unknown, list_unreadable, list_too_large.
    """
    entries = []
    for path in paths:
        for entry in _read(path):
            entries += _expanded(entry) if path.suffix.lower() not in PLAYLISTS else [entry]
    return [replace(entry, mood=entry.mood or mood) for entry in entries]


def _read(path: Path) -> list[Entry]:
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        allowed = ", ".join(sorted(ending[1:] for ending in READERS))
        raise MoodError("list_unknown", f"{path} has an unknown suffix; allowed are {allowed}.")
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_LIST_BYTES + 1)
    except OSError as error:
        raise MoodError("list_missing", f"{path} cannot be read ({error.strerror}). Name an existing list.") from error
    if len(raw) > MAX_LIST_BYTES:
        raise MoodError("list_too_large", f"{path} is larger than {MAX_LIST_BYTES >> 20} MiB. Split it in two.")
    if b"\0" in raw and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise MoodError("list_unreadable", f"{path} is not a text file. Save it as {path.suffix[1:]} again.")
    return reader(path, _text(raw))


def _text(raw: bytes) -> str:
    """UTF-8 with or without a byte order mark, UTF-16 with one, else Windows-1252."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _expanded(entry: Entry) -> list[Entry]:
    if entry.problem or entry.is_link or Path(entry.place).suffix.lower() not in {*PLAYLISTS} - {".txt"}:
        return [entry]
    try:
        tracks = _read(entry.path)
    except MoodError as error:
        return [replace(entry, problem=error)]
    if entry.sha256 or entry.start_s is not None or entry.end_s is not None:
        message = "A playlist cannot have sha256 or times. Use one row for each of its songs instead."
        return [replace(entry, problem=MoodError("row_wrong", message))]
    return [
        replace(
            song,
            mood=entry.mood,
            artist=song.artist or entry.artist,
            title=song.title,
            extra_columns=entry.extra_columns,
        )
        for song in tracks
    ]
