"""When songs of sources are analysed: a few at a time, within the hours and the share of their source.

Their songs wait in `held`, which workers do not read. So that a library of 20,000 songs neither fills the queue nor
delays uploads, only the next few of each user wait in `bulk`. Another analysis of many songs goes the same way.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from classifier.jobs.queue import enqueue
from classifier.models import Person, Queue, Song, SongLocation, Source, WorkerPresence
from classifier.querysets import HANDED_OVER_AT_ONCE

if TYPE_CHECKING:
    from classifier.querysets import SongQuerySet

BATCH_PER_PROCESS = 4
MIN_BATCH = 8
RESTS_FROM = 3
"""A source with so many songs that could not be read just now gets no further ones until they are tried again, in a
minute: it does not answer. A single song may be a file that is being written."""
SHARE_MEASURED_OVER = timedelta(minutes=5)
ALL = 100
"""A share, in percent."""


@dataclass(frozen=True)
class Pace:
    """What may be analysed for one user at this moment."""

    unlimited: list[Source]
    limited: dict[Source, int]
    """Sources with a share of the workers' time, and how many of its songs each may have on their way at once."""

    closed: list[Source]
    """Paused, outside of their hours, or above their share."""

    def without(self, resting: Collection[uuid.UUID]) -> Pace:
        limited = {source: allowed for source, allowed in self.limited.items() if source.id not in resting}
        return Pace([source for source in self.unlimited if source.id not in resting], limited, self.closed)


def songs_release(now: datetime) -> int:
    """Move the songs that are due from `held` to `bulk`, and those of closed sources back; returns how many are due.

    Two processes that do this at once may release twice as many, which does no harm.
    """
    processes = worker_processes(now)
    sources: dict[int, list[Source]] = defaultdict(list)
    for source in Source.objects.order_by("created_at", "id"):
        sources[source.owner_id].append(source)
    held = Song.objects.waiting_in(Queue.HELD).filter(owner=OuterRef("pk"))
    waiting = Person.objects.filter(Exists(held)).values_list("pk", flat=True)
    return sum(
        _release(owner_id, sources[owner_id], processes, now) for owner_id in sorted({*sources.keys(), *waiting})
    )


def owner_songs_release(owner: Person, now: datetime) -> int:
    """The same for one user, whose sources have just been changed."""
    sources = list(Source.objects.filter(owner=owner).order_by("created_at", "id"))
    return _release(owner.pk, sources, worker_processes(now), now)


def worker_processes(now: datetime) -> int:
    """How many songs are analysed at once; where no worker answers, as many as one would."""
    processes = sum(
        processes or settings.CELERY_WORKER_CONCURRENCY
        for processes in WorkerPresence.objects.answering(now).values_list("processes", flat=True)
    )
    return processes or settings.CELERY_WORKER_CONCURRENCY


def is_within_hours(source: Source, now: datetime) -> bool:
    """By the wall clock of TIME_ZONE: on the day on which it is set forward or back, the night is an hour shorter or
    longer."""
    start, end = source.hours_from, source.hours_to
    hour = timezone.localtime(now, timezone.get_default_timezone()).hour
    if start == end:
        return True
    return start <= hour < end if start < end else hour >= start or hour < end


def busy_seconds(source: Source, now: datetime) -> float:
    """Of the workers, for songs of this source, within the last minutes. After a step of the clock, times in the
    future count as nothing."""
    since = now - SHARE_MEASURED_OVER
    songs = Song.objects.filter(Exists(_locations([source])), owner_id=source.owner_id, started_at__isnull=False)
    running = songs.running().values_list("started_at", flat=True)
    ended = songs.filter(finished_at__gt=since, finished_at__lte=now).values_list("started_at", "finished_at")
    seconds = 0.0
    for start, end in [*((start, now) for start in running), *ended]:
        if start is not None and end is not None:
            seconds += max((end - max(start, since)).total_seconds(), 0.0)
    return seconds


def _release(owner_id: int, sources: Iterable[Source], processes: int, now: datetime) -> int:
    sources = list(sources)
    pace = _pace(sources, processes, now)
    if pace.closed:
        _take_back(owner_id, [source for source in sources if source not in pace.closed])
    in_bulk = Song.objects.waiting_in(Queue.BULK).due(now).filter(owner_id=owner_id).count()
    room = max(BATCH_PER_PROCESS * processes, MIN_BATCH) - in_bulk
    resting = _resting(owner_id, now) if sources else set()
    pace = pace.without(resting) if resting else pace
    released = 0
    for source, allowed in pace.limited.items():
        songs = _held(owner_id).filter(Exists(_locations([source])))
        released += _to_bulk(songs, min(allowed, room - released), now)
    return released + _to_bulk(_held_without_limit(owner_id, pace), room - released, now)


def _pace(sources: Iterable[Source], processes: int, now: datetime) -> Pace:
    pace = Pace([], {}, [])
    for source in sources:
        share = source.share / ALL
        if source.is_paused or not is_within_hours(source, now):
            pace.closed.append(source)
        elif share >= 1:
            pace.unlimited.append(source)
        elif busy_seconds(source, now) <= share * processes * SHARE_MEASURED_OVER.total_seconds():
            pace.limited[source] = ceil(share * processes) - _on_their_way(source, now)
        else:
            pace.closed.append(source)
    return pace


def _on_their_way(source: Source, now: datetime) -> int:
    songs = Song.objects.filter(Exists(_locations([source])), owner_id=source.owner_id)
    return songs.running().count() + songs.waiting_in(Queue.BULK).due(now).count()


def _resting(owner_id: int, now: datetime) -> set[uuid.UUID]:
    """Sources that do not answer at this moment."""
    waiting = Song.objects.waiting_in(Queue.BULK).filter(owner_id=owner_id)
    unread = waiting.exclude(id__in=waiting.due(now).values("id")).values("id")
    rows = SongLocation.objects.filter(song__in=unread).values_list("source").annotate(Count("pk")).order_by()
    return {source_id for source_id, count in rows if count >= RESTS_FROM}


def _locations(sources: Iterable[Source]) -> QuerySet[SongLocation]:
    return SongLocation.objects.filter(song=OuterRef("pk"), source__in=sources, missing_since=None, is_ignored=False)


def _held(owner_id: int) -> SongQuerySet:
    return Song.objects.waiting_in(Queue.HELD).filter(owner_id=owner_id).first_come_first_served()


def _held_without_limit(owner_id: int, pace: Pace) -> SongQuerySet:
    """Those of sources without a share, uploads, and songs that have lost their source, which fail and say so."""
    due = ~Q(file="") | Q(~Exists(SongLocation.objects.filter(song=OuterRef("pk"))))
    if pace.unlimited:
        due |= Q(Exists(_locations(pace.unlimited)))
    return _held(owner_id).filter(due)


def _to_bulk(songs: SongQuerySet, limit: int, now: datetime) -> int:
    ids = list(songs.values_list("id", flat=True)[: max(limit, 0)])
    if not ids:
        return 0
    # Against a cancellation, or somebody who retries one of these songs at the same moment: only those that are still
    # held move. Times since when a song waits begin now, since until now no worker could take it.
    released = (
        Song.objects.waiting_in(Queue.HELD).filter(id__in=ids).update(queue=Queue.BULK, queued_at=now, enqueued_at=None)
    )
    for song_id in ids[:HANDED_OVER_AT_ONCE]:
        if not enqueue(song_id, now=now):
            break  # The broker is down: the sweep sends the messages later.
    return released


def _take_back(owner_id: int, open_sources: Iterable[Source]) -> int:
    """Songs that lie in closed sources alone wait there again. Those that are uploaded do not."""
    waiting = Song.objects.waiting_in(Queue.BULK).filter(
        Exists(SongLocation.objects.filter(song=OuterRef("pk"))), owner_id=owner_id, file=""
    )
    closed = waiting.exclude(Exists(_locations(open_sources)))
    # Against a worker that claims one of them at the same moment: a song that runs is no longer queued, and continues.
    return closed.update(queue=Queue.HELD, enqueued_at=None)
