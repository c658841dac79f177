"""A person no longer wants a song heard."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from classifier.errors import ProductError
from classifier.models import Song, Stage, Status
from classifier.services.song_reread import reread


def song_cancel(*, song: Song, now: datetime) -> Song:
    # Against a worker that finishes at the same moment: whoever changes the row first wins. A worker that lost
    # finds its lease gone at its next report, stops and writes nothing.
    cancelled = (
        Song.objects.unfinished()
        .filter(id=song.id)
        .update(
            status=Status.CANCELLED,
            stage=Stage.NONE,
            lease_token=None,
            lease_expires_at=None,
            finished_at=now,
        )
    )
    song = reread(song)
    if not cancelled and song.status != Status.CANCELLED:
        raise ProductError(
            "already_over", f"This song is {song.status} already: there is nothing to cancel.", HTTPStatus.CONFLICT
        )
    return song
