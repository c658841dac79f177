"""New songs of a folder: found by looking again and again, and each one uploaded once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

SUFFIXES = {
    ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".m4b", ".mp4", ".aac", ".wav", ".aif", ".aiff", ".wma", ".ape",
    ".wv", ".mpc", ".mka", ".webm",
}  # fmt: skip

Stamp = tuple[int, int]
"""Size and time of the last change."""


def songs_below(path: Path) -> Iterator[Path]:
    """The audio files of a folder and of those in it, in the order of their names; or the file itself."""
    if not path.is_dir():
        yield path
        return
    for one in sorted(path.rglob("*")):
        if one.suffix.lower() in SUFFIXES and not one.name.startswith(".") and one.is_file():
            yield one


class SeenFiles:
    """The files that were uploaded, kept in a file of JSON, so that a later run begins where this one ended."""

    def __init__(self, store: Path) -> None:
        self._store = store
        try:
            self._stamps = {name: (size, changed) for name, (size, changed) in json.loads(store.read_text()).items()}
        except (OSError, ValueError, TypeError, AttributeError):
            self._stamps = {}

    def is_new(self, path: Path, stamp: Stamp) -> bool:
        return self._stamps.get(str(path)) != stamp

    def add(self, path: Path, stamp: Stamp) -> None:
        self._stamps[str(path)] = stamp
        self._store.parent.mkdir(parents=True, exist_ok=True)
        draft = self._store.with_name(f"{self._store.name}.new")
        draft.write_text(json.dumps(self._stamps))
        draft.replace(self._store)


class FolderWatch:
    """`look` gives the files that are new or changed, and that no longer grow: the same at two looks."""

    def __init__(self, folder: Path, seen: SeenFiles) -> None:
        self._folder, self._seen = folder, seen
        self._before: dict[Path, Stamp] = {}

    def look(self) -> list[tuple[Path, Stamp]]:
        stamps = {path: stamp for path in songs_below(self._folder) if (stamp := _stamp(path)) is not None}
        new = [(path, stamp) for path, stamp in stamps.items() if self._seen.is_new(path, stamp)]
        ready = [(path, stamp) for path, stamp in new if self._before.get(path) == stamp]
        self._before = dict(new)
        return ready


def _stamp(path: Path) -> Stamp | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_size, facts.st_mtime_ns
