"""A file in place of another one, at once: whoever looks finds the old file or the new one, whole."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ml.errors import MoodError

FULL = (errno.ENOSPC, errno.EDQUOT)
NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EINVAL)


@contextlib.contextmanager
def replacement(path: Path) -> Iterator[Path]:
    """An empty file beside `path`, which takes its place at the end, with the same owner, mode and extended attributes.

    Links are not followed: `path` is resolved. The time of change is new, so that other programs notice it. Nothing
    happens to the old file if the block raises, the process is killed or the disk is full. Raises MoodError:
    file_read_only, file_owner, file_busy, tags_changed, disk_full, file_unwritable.
    """
    try:
        before = os.lstat(path)
        _require_writable(path, before)
        # Hidden, so that scans leave it out. Always the same, so that one of a killed process is used again.
        beside = path.with_name(f".countermood-{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]}.tmp")
        with _locked(beside) as descriptor:
            try:
                _copy_attributes(path, before, descriptor)
                yield beside
                os.fsync(descriptor)
                if _state(os.lstat(path)) != _state(before):
                    raise MoodError("tags_changed", "Another program changed the file meanwhile: try again.")
                beside.replace(path)
            except BaseException:
                with contextlib.suppress(OSError):
                    beside.unlink()
                raise
        _sync_folder(path.parent)
    except OSError as error:
        raise _as_sentence(error) from error


def _require_writable(path: Path, state: os.stat_result) -> None:
    if not stat.S_ISREG(state.st_mode):
        raise MoodError("file_unwritable", "It is not a regular file, so that nothing is written to it.")
    # Even where the folder lets a file be replaced: whoever made it read-only meant it.
    if not os.access(path, os.W_OK) or not state.st_mode & 0o222:
        raise MoodError("file_read_only", "The file is read-only: let the user that runs the server write to it.")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise MoodError(
            "file_read_only", "The folder of the file is read-only: let the user that runs the server write to it."
        )


@contextlib.contextmanager
def _locked(beside: Path) -> Iterator[int]:
    """The open file, empty. Two processes that write to the same file do not meet."""
    descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _busy() from None
        except OSError:
            beside.unlink()
            raise
        # The other process may have been done in between: then this is the song itself.
        opened, named = os.fstat(descriptor), _lstat(beside)
        if named is None or (opened.st_dev, opened.st_ino) != (named.st_dev, named.st_ino):
            raise _busy()
        os.ftruncate(descriptor, 0)
        yield descriptor
    finally:
        os.close(descriptor)


def _copy_attributes(path: Path, state: os.stat_result, descriptor: int) -> None:
    """Of the old file: owner first, since that clears bits of the mode."""
    own = os.fstat(descriptor)
    if (own.st_uid, own.st_gid) != (state.st_uid, state.st_gid):
        try:
            os.fchown(descriptor, state.st_uid, state.st_gid)
        except PermissionError:
            raise MoodError(
                "file_owner",
                f"The file belongs to user {state.st_uid} and group {state.st_gid}, and the server, which runs as "
                f"{own.st_uid} and {own.st_gid}, cannot keep that: run it as that user.",
            ) from None
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):  # a file system without them
            for name in os.listxattr(path):
                with contextlib.suppress(OSError):  # those that only the system sets
                    os.setxattr(descriptor, name, os.getxattr(path, name))
    os.fchmod(descriptor, stat.S_IMODE(state.st_mode))


def _state(state: os.stat_result) -> tuple[int, int, int, int]:
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns


def _lstat(path: Path) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except FileNotFoundError:
        return None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network drives cannot
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _busy() -> MoodError:
    return MoodError("file_busy", "Another process writes to this file now: try again.")


def _as_sentence(error: OSError) -> MoodError:
    if error.errno in FULL:
        return MoodError("disk_full", "The disk of the file is full; the file is as it was: make room and try again.")
    if error.errno == errno.EROFS:
        return MoodError("file_read_only", "The disk of the file is mounted read-only: mount it for writing.")
    if error.errno in NO_LOCKS:
        return MoodError("file_unwritable", "The file system of the file has no locks, which writing needs.")
    return MoodError("file_unwritable", f"The file cannot be written ({error.strerror}); it is as it was.")
