"""A person no longer wants a song heard."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.db.models import Case, Exists, OuterRef, Value, When

from classifier.errors import ProductError
from classifier.models import Analysis, Song, Stage, Status

# A song that was only to be heard again has the answer that it had; any other has none.
CANCELLED_STATUS = Case(
    When(Exists(Analysis.objects.current().filter(song_id=OuterRef("pk"))), then=Value(Status.DONE)),
    default=Value(Status.CANCELLED),
)


def song_cancel(*, song: Song, now: datetime) -> Song:
    # Against a worker that finishes at the same moment: whoever changes the row first wins. A worker that lost
    # finds its lease gone at its next report, stops and writes nothing.
    cancelled = (
        Song.objects.unfinished()
        .filter(id=song.id)
        .update(
            status=CANCELLED_STATUS,
            stage=Stage.NONE,
            lease_token=None,
            lease_expires_at=None,
            finished_at=now,
        )
    )
    song = song.reload()
    if not cancelled and song.status != Status.CANCELLED:
        raise ProductError(
            "already_over", f"This song is {song.status} already: there is nothing to cancel.", HTTPStatus.CONFLICT
        )
    return song
