"""A download that is under way: what has arrived, and what it takes to go on tomorrow."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from ml.training.collecting.atomic_files import write_atomically


@dataclass(frozen=True)
class Origin:
    """What the server said of the bytes that lie in a part."""

    link: str
    size: int | None = None
    """Bytes of the whole; None where the server did not say, until it has arrived."""

    validator: str | None = None
    """Its strong ETag, or else its date: what `If-Range` wants."""


class PartialDownload:
    """The file of a download's bytes, with a note beside it of what they are."""

    def __init__(self, folder: Path, key: str) -> None:
        self.path = folder / f"{key}.part"
        self._note = folder / f"{key}.json"

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def origin(self) -> Origin | None:
        """None where nothing has arrived, or nobody knows what of."""
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
        """Throws away what is here, and notes what comes now."""
        self.clear()
        write_atomically(self._note, json.dumps(asdict(origin)).encode())

    def tail(self, length: int) -> bytes:
        """The last `length` bytes that have arrived, or all of fewer."""
        with self.path.open("rb") as file:
            file.seek(max(0, self.size - length))
            return file.read()

    def head(self, length: int) -> bytes:
        with self.path.open("rb") as file:
            return file.read(length)

    def finish(self, link: str) -> None:
        """Notes that all is here, once it is safely on the disk."""
        with self.path.open("rb") as file:
            os.fsync(file.fileno())
        write_atomically(self._note, json.dumps(asdict(Origin(link, self.size))).encode())

    def clear(self) -> None:
        for path in (self.path, self._note):
            path.unlink(missing_ok=True)
