"""The bytes of unfinished uploads: on the disk where songs stay, with one writer at a time."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files import File

from classifier.models import ResumableUpload
from classifier.uploads.disk_reserve import room_for
from classifier.uploads.upload_blocks import blocks_delete, blocks_kept

BLOCK_BYTES = 1 << 20
# Checksums of so many uploads are continued from block to block. Any other is computed from the disk at the end.
MAX_RUNNING_CHECKSUMS = 64
EXPIRES_AFTER = timedelta(days=1)


def partial_file_path(upload_id: uuid.UUID) -> Path:
    """The suffix is that of all temporary uploads, so that the clean-up finds a file whose row is lost."""
    return settings.FILE_UPLOAD_TEMP_DIR / f"{upload_id.hex}.upload"


class CompletedFile(File):
    """A file with all its bytes, which Django's storage moves to its place instead of copying it."""

    def __init__(self, stream: IO[bytes], *, path: Path, name: str, size_bytes: int, sha256: str) -> None:
        super().__init__(stream, name)
        self.path = path
        self.size = size_bytes
        self.sha256 = sha256

    def temporary_file_path(self) -> str:
        return str(self.path)


@contextlib.contextmanager
def locked_partial_file(upload_id: uuid.UUID) -> Iterator[IO[bytes]]:
    """Open the file and lock it against other threads and processes. Creates it if it is missing.

    Read the row again after this returns: another request may have finished or deleted the upload meanwhile.
    """
    path = partial_file_path(upload_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Unbuffered, so that a full disk shows when a block is written and not when the file is closed.
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0) as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield stream


@contextlib.contextmanager
def path_to_move(upload_id: uuid.UUID) -> Iterator[Path]:
    """A second name of the file, which may be moved to the song's folder. No failure on the way loses the bytes."""
    path = partial_file_path(upload_id)
    link = path.with_name(f"{upload_id.hex}.complete.upload")
    link.unlink(missing_ok=True)
    try:
        os.link(path, link)
    except OSError:  # a file system without hard links: after a failure, the client sends the file again
        link = path
    try:
        yield link
    finally:
        if link != path:
            link.unlink(missing_ok=True)


def write_at(stream: IO[bytes], offset: int, data: bytes) -> None:
    """Write and fsync, so that confirmed bytes survive a power cut. Cuts off whatever was behind `offset`.

    Raises the `disk_full` error before the reserve is touched.
    """
    os.ftruncate(stream.fileno(), offset)
    os.lseek(stream.fileno(), offset, os.SEEK_SET)
    if not data:
        return
    with room_for(len(data)):
        rest = memoryview(data)
        while rest:
            rest = rest[stream.write(rest) :]
    os.fsync(stream.fileno())


def read_at(stream: IO[bytes], offset: int, length: int) -> bytes:
    return os.pread(stream.fileno(), length, offset)


def bytes_on_disk(stream: IO[bytes]) -> int:
    return os.fstat(stream.fileno()).st_size


def delete_partial_file(upload_id: uuid.UUID) -> None:
    partial_file_path(upload_id).unlink(missing_ok=True)
    running_checksums.discard(upload_id)
    blocks_delete(upload_id)


class RunningChecksums:
    """SHA-256 of uploads while they arrive, so that the last block of a large file is answered at once."""

    def __init__(self) -> None:
        self._digests: OrderedDict[uuid.UUID, tuple[int, hashlib._Hash]] = OrderedDict()
        self._lock = threading.Lock()

    def update(self, upload_id: uuid.UUID, offset: int, data: bytes) -> None:
        """Add the block at `offset`. If it is not the next one, the checksum is computed from the disk at the end."""
        done, digest = self._pop(upload_id)
        if done == offset:
            digest.update(data)
            self._put(upload_id, done + len(data), digest)

    def hexdigest(self, upload_id: uuid.UUID, stream: IO[bytes], size_bytes: int) -> str:
        """The SHA-256 of the whole file; reads from the disk what was not added block by block."""
        done, digest = self._pop(upload_id)
        while done < size_bytes and (block := read_at(stream, done, BLOCK_BYTES)):
            digest.update(block)
            done += len(block)
        return digest.hexdigest()

    def discard(self, upload_id: uuid.UUID) -> None:
        with self._lock:
            self._digests.pop(upload_id, None)

    def _pop(self, upload_id: uuid.UUID) -> tuple[int, hashlib._Hash]:
        with self._lock:
            return self._digests.pop(upload_id, None) or (0, hashlib.sha256())

    def _put(self, upload_id: uuid.UUID, done: int, digest: hashlib._Hash) -> None:
        with self._lock:
            self._digests[upload_id] = (done, digest)
            while len(self._digests) > MAX_RUNNING_CHECKSUMS:
                self._digests.popitem(last=False)


running_checksums = RunningChecksums()


def resumable_upload_delete(*, upload: ResumableUpload) -> None:
    """Delete the upload and its bytes, never its song. Deleting it twice is no error."""
    ResumableUpload.objects.filter(id=upload.id).delete()
    delete_partial_file(upload.id)


def expired_uploads_delete(*, now: datetime) -> int:
    expired = list(ResumableUpload.objects.untouched_since(now - EXPIRES_AFTER))
    for upload in expired:
        resumable_upload_delete(upload=upload)
    return len(expired)


def old_partial_files_delete(*, now: datetime) -> int:
    """Delete what killed processes have left, and copies of uploads that were continued on another host."""
    found = Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*.upload")
    old = {path.name.partition(".")[0]: path for path in found if _older(path, now - EXPIRES_AFTER)}
    # The file of an upload that has a row expires with it, so that a clock that is set forward deletes none.
    ids = [uuid.UUID(name) for name in old if re.fullmatch("[0-9a-f]{32}", name)]
    kept = ResumableUpload.objects.unfinished().filter(id__in=ids).values_list("id", flat=True)
    if not blocks_kept():  # otherwise it is a copy
        old = {name: path for name, path in old.items() if name not in {upload_id.hex for upload_id in kept}}
    for path in old.values():
        path.unlink(missing_ok=True)
    return len(old)


def _older(path: Path, moment: datetime) -> bool:
    try:
        return path.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False


def expires_at(upload: ResumableUpload) -> datetime:
    return upload.touched_at + EXPIRES_AFTER
