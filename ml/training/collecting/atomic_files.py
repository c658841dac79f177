"""Atomic file writes, and errors of a full or read-only disk."""

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
    """Yields a temporary path next to `path`, which replaces it on success and is removed on failure."""
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
    """Turns any OSError into one MoodError, disk_full or folder_unwritable, instead of an error for each row."""
    try:
        yield
    except OSError as error:
        message = f"{folder} cannot be written to ({error.strerror})"
        if error.errno in DISK_FULL_ERRORS:
            raise MoodError("disk_full", f"{message}. Free some space and run the same command again.") from error
        raise MoodError(
            "folder_unwritable", f"{message}. Choose another folder with --out, or change its permissions."
        ) from error
