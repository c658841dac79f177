"""The ballast: a file of a few megabytes that can be given up when the disk is full to its last byte.

Uploads leave the reserve free, but other programs may fill it. SQLite needs a little room then, so that users can sign
in and delete songs.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from django.conf import settings

from classifier.uploads.disk_reserve import free_bytes

logger = logging.getLogger(__name__)

MEBIBYTE = 1 << 20
BALLAST_BYTES = 16 * MEBIBYTE
STEP_BYTES = 4 * MEBIBYTE
"""What a change of the database takes at most, and what is given up at once: another program may take all of it."""


def ballast_path() -> Path:
    return Path(settings.DATA_DIR) / "ballast"


def ballast_release() -> bool:
    """Give up a part of the ballast if the disk is full. Whether it did."""
    path = ballast_path()
    released = False
    try:
        while free_bytes() < STEP_BYTES and (size := path.stat().st_size):
            os.truncate(path, max(size - STEP_BYTES, 0))
            released = True
    except OSError as error:
        logger.debug("There is no ballast to release: %s", error)
    if released:
        logger.error("The disk is full: delete songs or other files. Released a part of %s.", path)
    return released


def ballast_restore() -> None:
    """Write the ballast, or what is missing of it, where that leaves enough room for everything else."""
    path = ballast_path()
    try:
        missing = BALLAST_BYTES - (path.stat().st_size if path.exists() else 0)
        if missing <= 0 or free_bytes() < missing + 2 * BALLAST_BYTES:
            return
        with path.open("ab") as file:
            # Random bytes, which no file system compresses.
            for _ in range(0, missing, MEBIBYTE):
                file.write(os.urandom(MEBIBYTE))
        path.chmod(0o600)
    except OSError as error:
        logger.warning("The ballast %s could not be written: %s", path, error)
