"""The reserve file: a few megabytes that are freed when the disk is completely full.

Uploads leave the reserve of the disk free, but other programs may fill it. SQLite needs a little room then, so that
users can sign in and delete songs.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from django.conf import settings

from classifier.uploads.disk_reserve import free_bytes

logger = logging.getLogger(__name__)

MEBIBYTE = 1 << 20
RESERVE_FILE_BYTES = 16 * MEBIBYTE
STEP_BYTES = 4 * MEBIBYTE
"""One change of the database takes no more. No more is freed at once, since another program may take it."""


def reserve_file_path() -> Path:
    return Path(settings.DATA_DIR) / "reserve"


def reserve_file_shrink() -> bool:
    """Free a part of the file if the disk is full. Returns whether it did."""
    path = reserve_file_path()
    freed = False
    try:
        while free_bytes() < STEP_BYTES and (size := path.stat().st_size):
            os.truncate(path, max(size - STEP_BYTES, 0))
            freed = True
    except OSError as error:
        logger.debug("There is no reserve file: %s", error)
    if freed:
        logger.error("The disk is full: delete songs or other files. Freed a part of %s.", path)
    return freed


def reserve_file_restore() -> None:
    """Write the file, or the part of it that was freed, if that leaves enough room for everything else."""
    path = reserve_file_path()
    try:
        missing = RESERVE_FILE_BYTES - (path.stat().st_size if path.exists() else 0)
        if missing <= 0 or free_bytes() < missing + 2 * RESERVE_FILE_BYTES:
            return
        with path.open("ab") as file:
            # Random bytes, which no file system compresses.
            for _ in range(0, missing, MEBIBYTE):
                file.write(os.urandom(MEBIBYTE))
        path.chmod(0o600)
    except OSError as error:
        logger.warning("The reserve file %s could not be written: %s", path, error)
