"""What users do to their sources: edit, pause, resume, analyse again what failed, take back ignored files, remove."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef

from classifier.jobs.queue import queued_now
from classifier.models import REQUEUED, Person, Queue, ScanStatus, Song, SongLocation, Source, Status
from classifier.services.song_bin import songs_restore
from classifier.sources.pacing import owner_songs_release
from classifier.sources.progress import songs_in
from classifier.sources.removal import removal_batch
from classifier.sources.scan_lease import scan_request

BATCH_SIZE = 500


@dataclass(frozen=True)
class Removal:
    songs: int
    """That are deleted."""
    is_finished: bool


def source_edit(*, source: Source, name: str, hours_from: int, hours_to: int, share: int, now: datetime) -> None:
    Source.objects.filter(id=source.id).update(name=name, hours_from=hours_from, hours_to=hours_to, share=share)
    owner_songs_release(source.owner, now)


def source_pause(*, source: Source, now: datetime) -> None:
    """Its songs that wait for a worker wait in the source again; one that is analysed now is finished."""
    Source.objects.filter(id=source.id).update(is_paused=True)
    owner_songs_release(source.owner, now)


def source_resume(*, source: Source, now: datetime) -> None:
    Source.objects.filter(id=source.id).update(is_paused=False)
    owner_songs_release(source.owner, now)


def source_retry(*, source: Source, now: datetime) -> int:
    """Queue the songs that failed or were cancelled, without those whose file is the cause; and read again what could
    not be read. Returns the number of songs."""
    songs = songs_in(source.owner, SongLocation.objects.filter(source=source)).rerunnable().exclude(status=Status.DONE)
    # As in song_retry: of two concurrent retries one queues the songs, and the other finds none.
    queued = songs.update(**REQUEUED, **queued_now(now), warnings=[], queue=Queue.HELD)
    if SongLocation.objects.filter(source=source, song=None).exclude(error_code="").exists():
        scan_request(source, now)
    owner_songs_release(source.owner, now)
    return queued


def ignored_take_back(*, source: Source, ids: Collection[int] | None = None, now: datetime) -> int:
    """Add ignored files to the library again: these, or all of them. Songs that are still in the bin come out with
    their results; of the others, the next scan makes new songs."""
    ignored = SongLocation.objects.filter(source=source, is_ignored=True)
    if ids is not None:
        ignored = ignored.filter(id__in=ids)
    rows = list(ignored.values_list("id", "song_id"))
    for start in range(0, len(rows), BATCH_SIZE):
        SongLocation.objects.filter(id__in=[row for row, _ in rows[start : start + BATCH_SIZE]]).update(
            is_ignored=False
        )
    songs_restore(owner=source.owner, ids=list({song_id for _, song_id in rows if song_id}), now=now)
    if rows:
        scan_request(source, now)
    return len(rows)


def source_remove(*, source: Source, now: datetime) -> Removal:
    """Remove a source with the songs that lie nowhere else. Files are never touched.

    A small one is removed at once; of a large one, the process `sources` deletes the rest.
    """
    # A running scan stops at its next write, and none begins any more.
    Source.objects.filter(id=source.id).update(
        is_paused=True, scan_status=ScanStatus.REMOVING, scan_token=None, scan_expires_at=None
    )
    owner_songs_release(source.owner, now)
    removed = removal_batch(source) or 0
    if SongLocation.objects.filter(source=source).exists():
        return Removal(removed, is_finished=False)
    removal_batch(source)
    return Removal(removed, is_finished=True)


def own_source(owner: Person, source_id: uuid.UUID) -> Source | None:
    """Not one that is being removed: nothing can be done with it any more."""
    return Source.objects.filter(owner=owner, id=source_id).exclude(scan_status=ScanStatus.REMOVING).first()


def songs_of_other_places(source: Source) -> int:
    """How many songs of a source stay when it is removed: uploads, and songs that lie in another source too."""
    here = SongLocation.objects.filter(source=source, song=OuterRef("pk"))
    uploaded = Song.objects.stored_by(source.owner).uploaded().filter(Exists(here)).count()
    elsewhere = SongLocation.objects.filter(song=OuterRef("song")).exclude(source=source)
    places = SongLocation.objects.filter(Exists(elsewhere), source=source, song__file="")
    return uploaded + places.aggregate(songs=Count("song", distinct=True))["songs"]
