"""The space of files that can be made again: of pictures at most PICTURE_CACHE_MB, of copies that browsers play at most
PLAYABLE_CACHE_MB. The least recently used ones go first.

Their files are in the storage of songs, on the disk or in the bucket: so all hosts find them, and they go with their
song.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet, Sum

from classifier.models import Picture, PictureKind, Song
from classifier.uploads.song_storage import song_storage

USED_EXACT_TO = timedelta(hours=1)


def picture_keep(*, song: Song, kind: str, files: Sequence[str], now: datetime) -> None:
    """Count these new files, and delete others that have no room any more."""
    size_bytes = sum(song_storage().stat(name).size_bytes for name in files)
    Picture.objects.update_or_create(
        song_id=song.id, kind=kind, defaults={"files": list(files), "size_bytes": size_bytes, "used_at": now}
    )
    pictures_evict()


def picture_used(*, song: Song, kind: str, now: datetime) -> None:
    Picture.objects.filter(song_id=song.id, kind=kind, used_at__lt=now - USED_EXACT_TO).update(used_at=now)


def pictures_evict() -> int:
    """Delete files until the others are within the limits. Returns how many it deleted."""
    copies = Q(kind=PictureKind.PLAYABLE)
    return _evict(Picture.objects.exclude(copies), settings.PICTURE_CACHE_MB) + _evict(
        Picture.objects.filter(copies), settings.PLAYABLE_CACHE_MB
    )


def _evict(pictures: QuerySet[Picture], limit_mb: int) -> int:
    limit = limit_mb * 1_000_000
    total = pictures.aggregate(bytes=Sum("size_bytes"))["bytes"] or 0
    deleted = 0
    # The newest stays in any case: a page waits for it.
    for picture in pictures.order_by("used_at", "id") if total > limit else ():
        if total <= limit or picture.id == _newest_id(pictures):
            break
        total -= picture.size_bytes
        # Against a page that uses it at this moment, or another process: the first to change the row wins.
        if Picture.objects.filter(id=picture.id, used_at=picture.used_at).delete()[0]:
            for name in picture.files:
                song_storage().delete(name)
            deleted += 1
    return deleted


def _newest_id(pictures: QuerySet[Picture]) -> int | None:
    return pictures.order_by("-used_at", "-id").values_list("id", flat=True).first()
