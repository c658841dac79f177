"""The sweep: requeues songs whose worker was lost, and sends songs again whose message was lost."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from classifier.jobs.finish import RELEASED_LEASE, failure_fields
from classifier.jobs.queue import enqueue
from classifier.models import Song, Status
from classifier.monitoring.counters import count_song

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class SweepResult:
    """Numbers of songs."""

    requeued: int
    failed: int
    resent: int

    def __str__(self) -> str:
        return f"{self.requeued} requeued, {self.failed} failed, {self.resent} sent again"

    def __bool__(self) -> bool:
        return bool(self.requeued or self.failed or self.resent)


def songs_sweep(*, now: datetime) -> SweepResult:
    requeued = failed = 0
    for song in Song.objects.abandoned(now):
        if song.attempts >= settings.MAX_ATTEMPTS:
            failed += _fail(song, now)
        elif _requeue(song, now):
            requeued += 1
            enqueue(song.id, now=now)
    resent = 0
    for song in Song.objects.overdue(now):
        if not enqueue(song.id, now=now):
            break  # The broker is down: trying it for every song would only delay the sweep.
        resent += 1
    return SweepResult(requeued=requeued, failed=failed, resent=resent)


def _requeue(song: Song, now: datetime) -> int:
    # Against the worker, which may have renewed its lease or finished since, and against another sweep: only this
    # lease, and only while it is expired. A worker that comes back later finds its lease lost.
    return (
        Song.objects.abandoned(now)
        .filter(id=song.id, lease_token=song.lease_token)
        .update(status=Status.QUEUED, enqueued_at=None, segments_done=0, segments_total=0, **RELEASED_LEASE)
    )


def _fail(song: Song, now: datetime) -> int:
    reason = (
        "worker_lost",
        f"The process that analysed this song was lost {song.attempts} times: "
        "retry, or convert the file to another format.",
    )
    # Against the same concurrent changes, in the same way.
    failed = (
        Song.objects.abandoned(now)
        .filter(id=song.id, lease_token=song.lease_token)
        .update(**failure_fields(song.id, *reason), finished_at=now, **RELEASED_LEASE)
    )
    if failed:
        count_song("failed", code=reason[0], now=now)
        logger.error("Song %s failed: its worker was lost %s times.", song.id, song.attempts)
    return failed
