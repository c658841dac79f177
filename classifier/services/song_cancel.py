"""Cancel the analysis of a song."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.db.models import Case, Exists, OuterRef, Value, When
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.models import Analysis, Song, Stage, Status

# A song with an earlier result becomes done again with that result.
CANCELLED_STATUS = Case(
    When(Exists(Analysis.objects.current().filter(song_id=OuterRef("pk"))), then=Value(Status.DONE)),
    default=Value(Status.CANCELLED),
)


def song_cancel(*, song: Song, now: datetime) -> Song:
    # Against a worker that finishes at the same moment: the first to change the row wins. A worker that lost the
    # race notices at its next progress report, stops, and writes nothing.
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
            "already_over",
            gettext("This song is already %(state)s: there is nothing to cancel.")
            % {"state": str(Status(song.status).label).lower()},
            HTTPStatus.CONFLICT,
        )
    return song
