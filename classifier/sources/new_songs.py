"""New songs for items that a scan found: held until pacing queues them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from classifier.models import REQUEUED, Queue, Song, SongLocation, Source, SourceKind, Status
from classifier.sources.folder_paths import relative_path, shown_name
from classifier.sources.items import SourceItem
from classifier.uploads.file_names import display_name

QUEUED_AGAIN: dict[str, Any] = {**REQUEUED, "queue": Queue.HELD}


def location_fields(item: SourceItem) -> dict[str, Any]:
    """The columns of a location whose item was listed just now."""
    return {
        "path": item.path,
        "size_bytes": item.size_bytes,
        "modified_ns": item.modified_ns,
        "file_id": item.file_id,
        "is_favourite": item.is_favourite,
        "rating": item.rating,
        "missing_since": None,
        "error_code": "",
        "error_message": "",
    }


def new_song(source: Source, item: SourceItem, now: datetime) -> Song:
    """Not stored yet. It knows what the listing told; the rest is read by its analysis."""
    is_file = source.kind == SourceKind.FOLDER
    name = shown_name(relative_path(item.key)) if is_file else display_name(PurePosixPath(item.path or item.key).name)
    return Song(
        owner_id=source.owner_id,
        file_name=name,
        size_bytes=item.size_bytes,
        duration_s=item.duration_s,
        title=item.title[:255],
        artist=item.artist[:255],
        album=item.album[:255],
        album_artist=item.album_artist[:255],
        year=item.year if item.year is not None and 0 < item.year < 32_768 else None,
        music_genre=item.music_genre[:255],
        status=Status.QUEUED,
        queue=Queue.HELD,
        created_at=now,
        queued_at=now,
    )


def songs_create(
    source: Source, items: Sequence[SourceItem], locations: Mapping[str, SongLocation], *, now: datetime
) -> None:
    """A song for each item, in a location that is there already or a new one. In a transaction."""
    songs = Song.objects.bulk_create([new_song(source, item, now) for item in items], batch_size=100)
    added: list[SongLocation] = []
    kept: list[SongLocation] = []
    for song, item in zip(songs, items, strict=True):
        location = locations.get(item.key) or SongLocation(source=source, key=item.key)
        location.song = song
        for name, value in location_fields(item).items():
            setattr(location, name, value)
        (kept if location.id else added).append(location)
    SongLocation.objects.bulk_create(added, batch_size=100)
    if kept:
        SongLocation.objects.bulk_update(kept, ["song", *location_fields(items[0])], batch_size=100)


def songs_queue_again(ids: Collection[uuid.UUID], *, now: datetime) -> None:
    """Those of these songs that failed because their file was not there, and now it is."""
    failed = Song.objects.out_of_bin().filter(status=Status.FAILED, error_code="source_file_missing")
    listed = sorted(ids)
    for first in range(0, len(listed), 500):
        failed.filter(id__in=listed[first : first + 500]).update(**QUEUED_AGAIN, queued_at=now)
