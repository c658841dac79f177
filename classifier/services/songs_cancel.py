"""A person no longer wants to have heard whatever of theirs still waits."""

from __future__ import annotations

from datetime import datetime

from classifier.models import Person, Song, Stage
from classifier.services.song_cancel import STOPPED


def songs_cancel(*, owner: Person, now: datetime) -> int:
    """Those that are heard at this moment are heard to their end; how many were cancelled."""
    # Against workers that take songs meanwhile: what one of them has taken is queued no longer, and stays.
    return (
        Song.objects.for_owner(owner)
        .queued()
        .update(status=STOPPED, stage=Stage.NONE, lease_token=None, lease_expires_at=None, finished_at=now)
    )
