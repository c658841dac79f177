"""The room that is left on the disk of the songs."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from django.conf import settings

from classifier.localized import grouped
from classifier.uploads.disk_reserve import free_bytes, reserve_bytes
from classifier.uploads.limits import MEGABYTE


@dataclass(frozen=True)
class DiskRoom:
    free_bytes: int
    reserve_bytes: int
    total_bytes: int

    @property
    def accepts_uploads(self) -> bool:
        return self.free_bytes > self.reserve_bytes

    @property
    def free_text(self) -> str:
        return size_text(self.free_bytes)

    @property
    def reserve_text(self) -> str:
        return size_text(self.reserve_bytes)


def disk_room() -> DiskRoom:
    return DiskRoom(free_bytes(), reserve_bytes(), shutil.disk_usage(settings.DATA_DIR).total)


def size_text(size_bytes: float) -> str:
    """Such as “480 MB” or “1.2 TB”."""
    size = size_bytes / MEGABYTE
    for unit in ("MB", "GB"):
        if size < 1000:
            return f"{grouped(size, 1 if size < 10 else 0)} {unit}"
        size /= 1000
    return f"{grouped(size, 1)} TB"
