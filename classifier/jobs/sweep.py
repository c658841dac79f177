"""The sweep: requeues songs whose worker was lost, and sends songs again whose message was lost."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from classifier.jobs.finish import failure_fields
from classifier.jobs.lease import RELEASED_LEASE
from classifier.jobs.queue import enqueue, message_count
from classifier.models import SERVED_QUEUES, Song, Status, WebhookEvent
from classifier.monitoring.counters import count_song
from classifier.querysets import SongQuerySet
from classifier.webhooks.outbox import song_event_record

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
            failed += _fail(song, Song.objects.abandoned(now), now)
        elif _requeue(song, Song.objects.abandoned(now)):
            requeued += 1
            enqueue(song.id, now=now)
    resent = sum(_resend(queue, now) for queue in SERVED_QUEUES)
    return SweepResult(requeued=requeued, failed=failed, resent=resent)


def _resend(queue: str, now: datetime) -> int:
    """Send as many messages as songs are overdue, less those that no worker has taken yet."""
    overdue = list(Song.objects.overdue(queue, now))
    resent = 0
    for song in overdue[: max(len(overdue) - message_count(queue), 0)] if overdue else []:
        if not enqueue(song.id, now=now):
            break  # The broker is down: trying it for every song would only delay the sweep.
        resent += 1
    return resent


def lost_song_requeue(*, song_id: uuid.UUID, lease_token: uuid.UUID, now: datetime) -> None:
    """The process that analysed this song died, and the one that has its lease is alive: do at once what the sweep
    would do later."""
    song = Song.objects.with_lease(lease_token).filter(id=song_id).first()
    if song is None:
        return
    if song.attempts >= settings.MAX_ATTEMPTS:
        _fail(song, Song.objects.running(), now)
    elif _requeue(song, Song.objects.running()):
        enqueue(song.id, now=now)


def abandoned_song_requeue(*, song_id: uuid.UUID, now: datetime) -> None:
    """Of one song, for the command line, which may run where no sweep does."""
    song = Song.objects.abandoned(now).filter(id=song_id).first()
    if song is None:
        return
    if song.attempts >= settings.MAX_ATTEMPTS:
        _fail(song, Song.objects.abandoned(now), now)
    else:
        _requeue(song, Song.objects.abandoned(now))


def _requeue(song: Song, held: SongQuerySet) -> int:
    # Against the worker, which may have renewed its lease or finished since, and against another sweep: only this
    # lease, and only while it is still `held` so. A worker that comes back later finds its lease lost.
    return held.filter(id=song.id, lease_token=song.lease_token).update(
        status=Status.QUEUED, enqueued_at=None, segments_done=0, segments_total=0, **RELEASED_LEASE
    )


def _fail(song: Song, held: SongQuerySet, now: datetime) -> int:
    reason = (
        "worker_lost",
        gettext(
            "The process that analysed this song was lost %(count)s times: retry, or convert the file to "
            "another format."
        )
        % {"count": song.attempts},
    )
    # Against the same concurrent changes, in the same way.
    with transaction.atomic():
        fields = failure_fields(song.id, *reason)
        failed = held.filter(id=song.id, lease_token=song.lease_token).update(
            **fields, finished_at=now, **RELEASED_LEASE
        )
        if failed and fields["status"] == Status.FAILED:
            song_event_record(song_id=song.id, event=WebhookEvent.SONG_FAILED, now=now)
    if failed:
        count_song("failed", code=reason[0], now=now)
        logger.error("Song %s failed: its worker was lost %s times.", song.id, song.attempts)
    return failed
