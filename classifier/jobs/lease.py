"""Holding a song while it is heard. Only the holder of the lease may write; each write asks for it again."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from classifier.models import Song, Stage, Status


class LeaseLost(Exception):
    """The song was cancelled, deleted or given to another worker: stop, and write nothing."""


def song_claim(*, song_id: uuid.UUID, now: datetime) -> Song | None:
    """Take a queued song; None if there is nothing to take."""
    token = uuid.uuid4()
    # However many messages tell of this song, and however many workers read them at once, one of them changes the
    # row from queued to running; for the others it is no longer queued.
    taken = (
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
        )
    )
    if not taken:
        return None
    return Song.objects.with_lease(token).filter(id=song_id).first()


def lease_renew(*, song_id: uuid.UUID, lease_token: uuid.UUID, now: datetime) -> bool:
    """Say that the holder still listens; False if it no longer holds the song."""
    # Against the sweep: if it took the song back first, the token is gone and this changes nothing.
    renewed = Song.objects.with_lease(lease_token).filter(id=song_id).update(lease_expires_at=_expiry(now))
    return bool(renewed)


def song_progress(
    *, song_id: uuid.UUID, lease_token: uuid.UUID, stage: str, segments_done: int, segments_total: int
) -> None:
    """Keep how far the listening has come, where every page sees it."""
    kept = (
        Song.objects.with_lease(lease_token)
        .filter(id=song_id)
        .update(stage=stage, segments_done=segments_done, segments_total=segments_total)
    )
    if not kept:
        raise LeaseLost


def _expiry(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LEASE_S)
