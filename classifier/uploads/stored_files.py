"""The files of songs on the disk. Everything of a song lies in its own folder."""

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

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
BLOCK_BYTES = 1 << 20


@contextlib.contextmanager
def room_on_disk() -> Iterator[None]:
    """Turns what a full disk raises, in a file or in the database, into the sentence about it."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise disk_full() from error
        raise
    except OperationalError as error:
        if is_no_room(error):
            raise disk_full() from error
        raise


def is_no_room(error: BaseException) -> bool:
    """SQLite says "database or disk is full", PostgreSQL "No space left on device" or "could not extend file"."""
    if isinstance(error, ProductError):
        return error.code == "disk_full"
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    text = str(error).lower()
    return isinstance(error, OperationalError) and (
        "disk is full" in text or "no space left" in text or "could not extend file" in text
    )


def checksum(file: File) -> str:
    """The SHA-256 of an open file, which is left at its beginning."""
    known = getattr(file, "sha256", "")
    if known:
        return known
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(BLOCK_BYTES):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()


def settle(path: Path) -> None:
    """Wait until the disk itself has a song's file and every new name on the way to it: what was accepted survives a
    power cut."""
    for place in (path, *(folder for folder in path.parents if folder.is_relative_to(settings.MEDIA_ROOT))):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def folder_path(folder: str) -> Path:
    return Path(default_storage.path(folder))


def folder_discard(folder: str) -> None:
    """Remove a song's folder with all that is in it; one that is not there is no matter."""
    path = folder_path(folder)
    try:
        for file in list(path.iterdir()):
            file.unlink(missing_ok=True)
        path.rmdir()
    except FileNotFoundError:
        pass
    except OSError as error:
        # A worker wrote one more file meanwhile. It will see that the song is gone, and come here itself.
        if error.errno != errno.ENOTEMPTY:
            raise
