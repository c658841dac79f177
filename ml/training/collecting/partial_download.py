"""An incomplete download, with the data needed to resume it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from ml.training.collecting.atomic_files import write_atomically


@dataclass(frozen=True)
class Origin:
    """Where the data of a partial download comes from."""

    link: str
    size: int | None = None
    """Total bytes; None if unknown, until the download is complete."""

    validator: str | None = None
    """Its strong ETag, or else its date, for `If-Range`."""


class PartialDownload:
    """The file of a download, and a note with its origin."""

    def __init__(self, folder: Path, key: str) -> None:
        self.path = folder / f"{key}.part"
        self._note = folder / f"{key}.json"

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def origin(self) -> Origin | None:
        """None without data or a valid note."""
        if not self.size:
            return None
        try:
            return Origin(**json.loads(self._note.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    @property
    def is_complete(self) -> bool:
        origin = self.origin()
        return origin is not None and origin.size == self.size

    def begin(self, origin: Origin) -> None:
        """Deletes existing data and notes the new origin."""
        self.clear()
        write_atomically(self._note, json.dumps(asdict(origin)).encode())

    def tail(self, length: int) -> bytes:
        """The last `length` bytes, or all if there are fewer."""
        with self.path.open("rb") as file:
            file.seek(max(0, self.size - length))
            return file.read()

    def head(self, length: int) -> bytes:
        with self.path.open("rb") as file:
            return file.read(length)

    def finish(self, link: str) -> None:
        """Syncs the file to disk and marks it as complete."""
        with self.path.open("rb") as file:
            os.fsync(file.fileno())
        write_atomically(self._note, json.dumps(asdict(Origin(link, self.size))).encode())

    def clear(self) -> None:
        for path in (self.path, self._note):
            path.unlink(missing_ok=True)
