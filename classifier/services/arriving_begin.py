"""A file is announced, before its first byte."""

from __future__ import annotations

import shutil
from datetime import datetime
from http import HTTPStatus

from django.conf import settings

from classifier.errors import ProductError
from classifier.file_names import shown_name
from classifier.files import room_on_disk
from classifier.limits import disk_full, file_empty, file_too_large, max_upload_bytes
from classifier.models import ArrivingFile, Person, Song, Status
from classifier.services.song_retry import song_retry

# Nobody sends so many at once; whoever begins more without end is stopped before the disk is full of beginnings.
AT_ONCE = 200


def arriving_begin(*, owner: Person, name: str, size_bytes: int, now: datetime) -> ArrivingFile:
    """Refuse at once what its size alone refuses: a large file is not sent for nothing."""
    if size_bytes <= 0:
        raise file_empty()
    if size_bytes > max_upload_bytes():
        raise file_too_large()
    if ArrivingFile.objects.for_owner(owner).count() >= AT_ONCE:
        raise ProductError(
            "arriving_too_many",
            f"{AT_ONCE} files of yours have begun to arrive and did not end, which is as many as are allowed: "
            "cancel some of them, or wait for a day, after which they are removed.",
            HTTPStatus.CONFLICT,
        )
    with room_on_disk():
        settings.FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(settings.FILE_UPLOAD_TEMP_DIR).free < size_bytes:
            raise disk_full()
        return ArrivingFile.objects.create(
            owner=owner, file_name=shown_name(name), size_bytes=size_bytes, created_at=now, touched_at=now
        )


def song_known(*, owner: Person, sha256: str, now: datetime) -> Song | None:
    """The owner's song with this content, which need not be sent again; one without an answer gets another chance."""
    song = Song.objects.for_owner(owner).filter(sha256=sha256).with_analysis().first() if sha256 else None
    if song is None or not song.file.storage.exists(song.file.name):
        return None
    if song.status in (Status.FAILED, Status.CANCELLED):
        return song_retry(song=song, now=now)
    return song
