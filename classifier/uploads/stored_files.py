"""The files of songs on the disk. Every song has a folder of its own."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import OperationalError

from classifier.errors import ProductError
from classifier.uploads.limits import disk_full

DISK_FULL_ERRNOS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
BLOCK_BYTES = 1 << 20


@contextlib.contextmanager
def disk_full_as_error() -> Iterator[None]:
    """Raise the `disk_full` error in place of what a full disk raises, in a file or in the database."""
    try:
        yield
    except (OSError, OperationalError) as error:
        if is_disk_full(error):
            raise disk_full() from error
        raise


def is_disk_full(error: BaseException) -> bool:
    """SQLite says "database or disk is full", PostgreSQL "No space left on device" or "could not extend file"."""
    if isinstance(error, ProductError):
        return error.code == "disk_full"
    if isinstance(error, OSError):
        return error.errno in DISK_FULL_ERRNOS
    text = str(error).lower()
    return isinstance(error, OperationalError) and (
        "disk is full" in text or "no space left" in text or "could not extend file" in text
    )


def checksum(file: File) -> str:
    """The SHA-256 of an open file, in hexadecimal. Leaves the file at its beginning."""
    sha256: str = getattr(file, "sha256", "")
    if sha256:
        return sha256
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(BLOCK_BYTES):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()


def fsync_with_parents(path: Path) -> None:
    """Flush a file and its folders up to MEDIA_ROOT to the disk, so that an accepted song survives a power cut."""
    for place in (path, *(folder for folder in path.parents if folder.is_relative_to(settings.MEDIA_ROOT))):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def folder_path(folder: str) -> Path:
    return Path(default_storage.path(folder))


def delete_folder(folder: str) -> None:
    """Delete a song's folder with its files. A missing folder is no error."""
    path = folder_path(folder)
    try:
        for file in list(path.iterdir()):
            file.unlink(missing_ok=True)
        path.rmdir()
    except FileNotFoundError:
        pass
    except OSError as error:
        # A worker has written another file meanwhile. It will see that the song is deleted, and call this itself.
        if error.errno != errno.ENOTEMPTY:
            raise
