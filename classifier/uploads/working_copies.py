"""Folders that a process needs on its own disk for a moment, in FILE_UPLOAD_TEMP_DIR.

Each is locked by the process that uses it. A folder without a lock is left over from a process that was killed: whoever
makes the next one on this host deletes it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

PREFIX = "working-"


@contextlib.contextmanager
def working_folder() -> Iterator[Path]:
    """An empty folder, which is deleted at the end."""
    parent = Path(settings.FILE_UPLOAD_TEMP_DIR)
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    left_over_folders_delete()
    draft = Path(tempfile.mkdtemp(prefix=f".{PREFIX}", dir=parent))
    path = parent / draft.name.removeprefix(".")
    descriptor = os.open(draft, os.O_RDONLY)
    try:
        # Locked before it has its name: without a lock it would count as left over.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        draft.rename(path)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(descriptor)


def left_over_folders_delete() -> int:
    """Returns how many there were."""
    deleted = 0
    for path in Path(settings.FILE_UPLOAD_TEMP_DIR).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
                deleted += 1
            finally:
                os.close(descriptor)
    return deleted
