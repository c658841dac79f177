"""Files that are there whole, or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ml.errors import MoodError

DISK_FULL_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Gives a name beside `path` to write to; what was written there takes its place if all went well.

    Nothing stays under the other name. Raises what is raised inside.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    with atomic_write(path) as part:
        part.write_bytes(content)


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """A folder that cannot be written to ends everything with one sentence, instead of failing each row for itself.

    Raises MoodError, disk_full or folder_unwritable, in the place of any OSError.
    """
    try:
        yield
    except OSError as error:
        message = f"Nothing more can be written to {folder} ({error.strerror})"
        if error.errno in DISK_FULL_ERRORS:
            raise MoodError("disk_full", f"{message}; make room, and the same command goes on.") from error
        raise MoodError("folder_unwritable", f"{message}; name another folder with --out, or allow it.") from error
