"""The bytes of a file that arrives in parts: on the disk where the song will stay, one writer at a time."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files import File

BLOCK_BYTES = 1 << 20
# Checksums that go on while parts arrive; one that was forgotten, or is another process's, is made from the disk.
CHECKSUMS_KEPT = 64


def partial_file_path(file_id: uuid.UUID) -> Path:
    """Named so that the sweep of uploads finds it, should its row be lost."""
    return settings.FILE_UPLOAD_TEMP_DIR / f"{file_id.hex}.upload"


class CompletedFile(File):
    """All of it is there: in the shape of an upload that is moved to its place and not copied."""

    def __init__(self, stream: BinaryIO, *, path: Path, name: str, size_bytes: int, sha256: str) -> None:
        super().__init__(stream, name)
        self.path = path
        self.size = size_bytes
        self.sha256 = sha256

    def temporary_file_path(self) -> str:
        return str(self.path)


@contextlib.contextmanager
def locked_partial_file(file_id: uuid.UUID) -> Iterator[BinaryIO]:
    """The file, open, as long as nobody else writes to it: not another thread, not another process.

    Whoever waited must ask for the row again, since the file may have become a song meanwhile.
    """
    path = partial_file_path(file_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Unbuffered, so that a full disk shows when a part is written and not when the file is closed.
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0) as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield stream


def write_at(stream: BinaryIO, offset: int, data: bytes) -> None:
    """Onto the disk itself, so that what was confirmed survives a power cut; what follows `offset` is cut off."""
    os.ftruncate(stream.fileno(), offset)
    os.lseek(stream.fileno(), offset, os.SEEK_SET)
    rest = memoryview(data)
    while rest:
        rest = rest[stream.write(rest) :]
    os.fsync(stream.fileno())


def read_at(stream: BinaryIO, offset: int, length: int) -> bytes:
    return os.pread(stream.fileno(), length, offset)


def bytes_on_disk(stream: BinaryIO) -> int:
    return os.fstat(stream.fileno()).st_size


def remove(file_id: uuid.UUID) -> None:
    partial_file_path(file_id).unlink(missing_ok=True)
    checksums.forget(file_id)


class Checksums:
    """SHA-256 of files while they arrive, so that the last part of a large one is answered at once."""

    def __init__(self) -> None:
        self._running: OrderedDict[uuid.UUID, tuple[int, hashlib._Hash]] = OrderedDict()
        self._lock = threading.Lock()

    def advance(self, file_id: uuid.UUID, offset: int, data: bytes) -> None:
        """Take in what was written at `offset`; if it is not what comes next, the checksum is begun anew later."""
        done, digest = self._take(file_id)
        if done == offset:
            digest.update(data)
            self._keep(file_id, done + len(data), digest)

    def whole(self, file_id: uuid.UUID, stream: BinaryIO, size_bytes: int) -> str:
        done, digest = self._take(file_id)
        while done < size_bytes and (block := read_at(stream, done, BLOCK_BYTES)):
            digest.update(block)
            done += len(block)
        return digest.hexdigest()

    def forget(self, file_id: uuid.UUID) -> None:
        with self._lock:
            self._running.pop(file_id, None)

    def _take(self, file_id: uuid.UUID) -> tuple[int, hashlib._Hash]:
        with self._lock:
            return self._running.pop(file_id, None) or (0, hashlib.sha256())

    def _keep(self, file_id: uuid.UUID, done: int, digest: hashlib._Hash) -> None:
        with self._lock:
            self._running[file_id] = (done, digest)
            while len(self._running) > CHECKSUMS_KEPT:
                self._running.popitem(last=False)


checksums = Checksums()
