"""The files of songs. Every song has a folder of its own in the storage."""

from __future__ import annotations

import contextlib
import errno
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.core.files import File
from django.db import OperationalError

from classifier.errors import ProductError
from classifier.uploads.limits import disk_full
from classifier.uploads.song_storage import song_storage

DISK_FULL_ERRNOS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DISK_FULL_WORDS = ("disk is full", "no space left", "could not extend file")
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
    """SQLite says "database or disk is full", PostgreSQL "No space left on device" or "could not extend file".

    SQLite also says "disk I/O error", where it found no room for the memory that its processes share.
    """
    if isinstance(error, ProductError):
        return error.code == "disk_full"
    if isinstance(error, OSError):
        return error.errno in DISK_FULL_ERRNOS
    if not isinstance(error, OperationalError):
        return False
    text = str(error).lower()
    code = getattr(error.__cause__, "sqlite_errorname", "")
    return code == "SQLITE_IOERR_SHMSIZE" or any(words in text for words in DISK_FULL_WORDS)


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


class FileOnDisk(File):
    """A file that Django's storage may move to its place instead of copying it."""

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        super().__init__(stream, path.name)
        self.path = path

    def temporary_file_path(self) -> str:
        return str(self.path)


def store_from_disk(name: str, path: Path) -> str:
    """Move a file into the storage. Returns its name there."""
    with path.open("rb") as stream:
        return song_storage().save(name, FileOnDisk(stream, path))


def file_exists(name: str) -> bool:
    return song_storage().exists(name)


def file_sync(name: str) -> None:
    """An accepted song survives a power cut once this returns."""
    song_storage().sync(name)


def delete_folder(folder: str) -> None:
    """Delete a song's folder with its files. A missing folder is no error."""
    song_storage().delete_folder(folder)
