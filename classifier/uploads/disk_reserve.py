"""The part of the disk that uploads and analyses leave free.

SQLite needs room for its journal even to delete a song. With the reserve, everything but uploads and analyses works
while they find the disk full.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import F, Sum

from classifier.models import ResumableUpload
from classifier.uploads.limits import MEGABYTE, disk_full
from classifier.uploads.running_forms import running_forms
from classifier.uploads.song_deletion import bin_make_room

ANNOUNCED_FOR = timedelta(hours=1)
"""An upload that has sent nothing for so long no longer reserves room. It may still continue."""


def free_bytes() -> int:
    """What this user may still write: on the fullest of the disks with uploads, songs and the SQLite database."""
    disks = {}
    for place in _places():
        with contextlib.suppress(FileNotFoundError):
            disks[place.stat().st_dev] = os.statvfs(place)
    return min((disk.f_bavail * disk.f_frsize for disk in disks.values()), default=0)


def reserve_bytes() -> int:
    return settings.DISK_RESERVE_MB * MEGABYTE


def has_room(extra_bytes: int = 0) -> bool:
    """Whether the reserve stays untouched if so many bytes are written now."""
    return free_bytes() - extra_bytes >= reserve_bytes()


def require_room(extra_bytes: int = 0) -> None:
    """Raise the `disk_full` error where `has_room` is false, even after the bin has made room."""
    if has_room(extra_bytes):
        return
    bin_make_room(has_room=lambda: has_room(extra_bytes))
    if not has_room(extra_bytes):
        raise disk_full()


def announced_bytes(*, now: datetime) -> int:
    """Bytes that are still to come of uploads that have begun."""
    uploads = ResumableUpload.objects.unfinished().filter(touched_at__gt=now - ANNOUNCED_FOR)
    resumable: int | None = uploads.aggregate(left=Sum(F("size_bytes") - F("received_bytes")))["left"]
    return (resumable or 0) + running_forms.bytes_left()


def require_room_for_upload(size_bytes: int, *, now: datetime) -> None:
    """Before an upload begins: leave the reserve, and the room that other uploads have announced."""
    require_room(size_bytes + announced_bytes(now=now))


@contextlib.contextmanager
def room_for(length: int) -> Iterator[None]:
    """Write so many bytes inside of it. One writer at a time, so that no two take the same room."""
    descriptor = os.open(settings.FILE_UPLOAD_TEMP_DIR, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # Not from the bin: it was asked when the upload began.
        if not has_room(length):
            raise disk_full()
        yield
    finally:
        os.close(descriptor)


def _places() -> list[Path]:
    places = [settings.DATA_DIR, settings.FILE_UPLOAD_TEMP_DIR, settings.MEDIA_ROOT]
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        places.append(Path(database["NAME"]).parent)
    return [Path(place) for place in places]
