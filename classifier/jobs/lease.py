"""The lease on a song during its analysis. Only its holder may write, and every write checks it again."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from classifier.jobs import worker_presence
from classifier.jobs.fair_order import WaitingLines, in_fair_order, turn_take
from classifier.models import Song, Stage, Status

RELEASED_LEASE: dict[str, Any] = {"stage": Stage.NONE, "lease_token": None, "lease_expires_at": None}


class LeaseLost(Exception):
    """The song was cancelled, deleted or given to another worker: stop and write nothing."""


def next_song_claim(*, queues: Collection[str], now: datetime) -> Song | None:
    """Claim the song that is next in these queues; None if none is due."""
    waiting = WaitingLines.read(queues)
    if not waiting.lines:
        return None
    with transaction.atomic():
        if connection.vendor == "sqlite":
            # Again, now that no other worker can write. A transaction takes that lock, so not before songs are due.
            waiting = WaitingLines.read(queues)
        for line in in_fair_order(waiting.lines, waiting.turn):
            # Other workers may be claiming in this line at this moment: PostgreSQL skips the songs that they have
            # locked, and SQLite lets one transaction after the other in.
            songs = Song.objects.waiting_in(line.queue).due(now).filter(owner_id=line.owner_id)
            first = songs.first_come_first_served()
            song_id = first.select_for_update(skip_locked=True).values_list("id", flat=True).first()
            song = song_claim(song_id=song_id, now=now) if song_id else None
            if song is None:
                continue
            if len(waiting.lines) > 1:  # a single user needs no turns, and all workers would wait for the same row
                turn_take(owner_id=line.owner_id, turn=waiting.turn)
            return song
    return None


def song_claim(*, song_id: uuid.UUID, now: datetime) -> Song | None:
    """Change a song from queued to running, with a new lease; None if it is not queued."""
    token = uuid.uuid4()
    # Several workers may try to take this song. One of them changes the row; for the others it is no longer queued.
    claimed = (
        Song.objects.queued()
        .filter(id=song_id)
        .update(
            status=Status.RUNNING,
            stage=Stage.DECODING,
            segments_done=0,
            segments_total=0,
            attempts=F("attempts") + 1,
            lease_token=token,
            lease_expires_at=_expiry(now),
            started_at=now,
            finished_at=None,
            not_before=None,
            worker=worker_presence.this_worker(),
        )
    )
    if not claimed:
        return None
    return Song.objects.with_lease(token).filter(id=song_id).first()


def lease_renew(*, song_id: uuid.UUID, lease_token: uuid.UUID, now: datetime) -> bool:
    """False if the lease is lost."""
    # Against the sweep: if it requeued the song first, the token is gone and this changes nothing.
    renewed = Song.objects.with_lease(lease_token).filter(id=song_id).update(lease_expires_at=_expiry(now))
    return bool(renewed)


def song_give_back(
    *, song_id: uuid.UUID, lease_token: uuid.UUID, paused_at: datetime | None = None, queue: str = ""
) -> bool:
    """Queue a running song again, as if this worker had not taken it; False if the lease is lost.

    `paused_at` is for what is neither the fault of the song nor of the worker, such as a storage that does not answer:
    workers and sweep then take other songs for REQUEUE_AFTER_S before they try this one again. `queue` is
    another queue than the one it came from.
    """
    not_before = paused_at + timedelta(seconds=settings.REQUEUE_AFTER_S) if paused_at else None
    # Against the sweep and a cancellation, as above.
    returned = (
        Song.objects.with_lease(lease_token)
        .filter(id=song_id)
        .update(
            status=Status.QUEUED,
            attempts=Greatest(F("attempts") - 1, 0),
            enqueued_at=paused_at,
            not_before=not_before,
            started_at=None,
            segments_done=0,
            segments_total=0,
            **({"queue": queue} if queue else {}),
            **RELEASED_LEASE,
        )
    )
    return bool(returned)


def song_progress(
    *, song_id: uuid.UUID, lease_token: uuid.UUID, stage: str, segments_done: int, segments_total: int
) -> None:
    """Store the progress of the analysis. Raises LeaseLost."""
    updated = (
        Song.objects.with_lease(lease_token)
        .filter(id=song_id)
        .update(stage=stage, segments_done=segments_done, segments_total=segments_total)
    )
    if not updated:
        raise LeaseLost


def _expiry(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LEASE_S)
