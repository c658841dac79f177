"""Asking a worker to draw what the 2D network looked at: once in a while, and not for ever."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

from django.conf import settings

from classifier.errors import ProductError
from classifier.files import room_on_disk
from classifier.looked import looked_asked
from classifier.models import Analysis, Song
from classifier.queue import enqueue_look

ASK_AGAIN_AFTER = timedelta(seconds=60)
"""A worker that has not drawn by then has died, or is busy, or never heard of it. Long songs get a second a minute."""
TRIES = 3
FORGOTTEN_AFTER = timedelta(hours=1)
"""Then it is tried anew, whatever happened before."""


def song_look_ask(*, song: Song, analysis: Analysis, now: datetime) -> None:
    """Tell the workers, unless they were told a moment ago; ProductError where they have tried too often in vain.

    What was asked is a file beside the picture, so that every web process knows of it, and it goes with the song. It
    has a byte for each time that a worker began, and its time is when somebody last asked or began.
    """
    marker = looked_asked(song, analysis)
    with room_on_disk():
        tries, age = _tries(marker, now)
        if age >= FORGOTTEN_AFTER:
            marker.unlink(missing_ok=True)
        elif age < _patience(song):
            return
        elif tries >= TRIES:
            raise ProductError(
                "looking_failed",
                f"What the network looked at could not be drawn in {TRIES} tries: "
                "the worker's log says why; ask again in an hour, or have the song heard again.",
                HTTPStatus.SERVICE_UNAVAILABLE,
            )
        # Of two who ask at once both may send a message; the second finds the picture drawn, and does nothing.
        marker.touch(mode=settings.FILE_UPLOAD_PERMISSIONS)
        _date(marker, now)
    enqueue_look(song.id)


def looking_began(*, song: Song, analysis: Analysis, now: datetime) -> None:
    """Counted before anything is done, since a worker that is killed says nothing afterwards."""
    marker = looked_asked(song, analysis)
    marker.touch(mode=settings.FILE_UPLOAD_PERMISSIONS)
    with marker.open("ab") as file:
        file.write(b".")
    _date(marker, now)


def looking_gave_up(*, song: Song, analysis: Analysis, now: datetime) -> None:
    """The try stays counted, but nobody has to wait for a worker that says itself that it failed."""
    marker = looked_asked(song, analysis)
    if marker.exists():
        _date(marker, now - _patience(song))


def _patience(song: Song) -> timedelta:
    return ASK_AGAIN_AFTER + timedelta(seconds=(song.duration_s or 0.0) / 60)


def _tries(marker: Path, now: datetime) -> tuple[int, timedelta]:
    """How often a worker began, and how long ago that or the last question was: never, an age ago."""
    try:
        found = marker.stat()
    except FileNotFoundError:
        return 0, timedelta.max
    return found.st_size, timedelta(seconds=now.timestamp() - found.st_mtime)


def _date(marker: Path, moment: datetime) -> None:
    os.utime(marker, (moment.timestamp(), moment.timestamp()))
