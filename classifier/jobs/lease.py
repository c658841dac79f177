"""The lease on a song during its analysis. Only its holder may write, and every write checks it again."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from classifier.jobs import worker_presence
from classifier.models import Song, Stage, Status


class LeaseLost(Exception):
    """The song was cancelled, deleted or given to another worker: stop and write nothing."""


def song_claim(*, song_id: uuid.UUID, now: datetime) -> Song | None:
    """Change a song from queued to running, with a new lease; None if it is not queued."""
    token = uuid.uuid4()
    # Several workers may have a message about this song. One of them changes the row; for the others it is no longer
    # queued.
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
