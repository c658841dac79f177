"""Removes a source with the songs that are in no other source, in batches. Files are never touched."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.db.models import QuerySet

from classifier.models import ScanStatus, SongLocation, Source
from classifier.sources.missing_songs import songs_without_place_delete

BATCH = 500


def removals() -> QuerySet[Source]:
    """Sources whose removal is not finished."""
    return Source.objects.filter(scan_status=ScanStatus.REMOVING)


def removal_batch(source: Source) -> int | None:
    """Delete some of its locations, and the songs that have no other place. Returns the number of songs; None once
    nothing was left, and the source is deleted too."""
    locations = SongLocation.objects.filter(source=source, source__scan_status=ScanStatus.REMOVING)
    with transaction.atomic():
        # Against a worker that gives the location to another song with the same sound at this moment.
        rows = list(locations.select_for_update(of=["self"]).order_by("id").values_list("id", "song_id")[:BATCH])
        SongLocation.objects.filter(id__in=[row for row, _ in rows]).delete()
        removed = songs_without_place_delete({song_id for _, song_id in rows if song_id})
    if rows:
        return removed
    Source.objects.filter(id=source.id, scan_status=ScanStatus.REMOVING).delete()
    return None


def removal_finish(source: Source, *, should_stop: Callable[[], bool] = lambda: False) -> bool:
    """False if it was asked to stop before: then another process continues. Two at once do no harm."""
    while not should_stop():
        if removal_batch(source) is None:
            return True
    return False
