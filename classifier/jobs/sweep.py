"""Puts back what is owed: songs whose worker was lost, and songs that no message tells of any more."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from classifier.jobs.finish import RELEASED_LEASE, failure_fields
from classifier.jobs.queue import enqueue
from classifier.models import Song, Status

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Swept:
    put_back: int
    given_up: int
    handed_over: int

    def __str__(self) -> str:
        return f"{self.put_back} put back, {self.given_up} given up, {self.handed_over} handed over again"

    def __bool__(self) -> bool:
        return bool(self.put_back or self.given_up or self.handed_over)


def songs_sweep(*, now: datetime) -> Swept:
    put_back = given_up = 0
    for song in Song.objects.abandoned(now):
        if song.attempts >= settings.MAX_ATTEMPTS:
            given_up += _give_up(song, now)
        elif _put_back(song, now):
            put_back += 1
            enqueue(song.id, now=now)
    handed_over = 0
    for song in Song.objects.overdue(now):
        if not enqueue(song.id, now=now):
            break  # The broker is away: asking it for every song would only keep the sweep from its work.
        handed_over += 1
    return Swept(put_back=put_back, given_up=given_up, handed_over=handed_over)


def _put_back(song: Song, now: datetime) -> int:
    # Against the worker, which may have renewed its lease or finished since this sweep looked, and against another
    # sweep: only the lease that was seen, and only while it is expired. A worker that comes back later finds it gone.
    return (
        Song.objects.abandoned(now)
        .filter(id=song.id, lease_token=song.lease_token)
        .update(status=Status.QUEUED, enqueued_at=None, segments_done=0, segments_total=0, **RELEASED_LEASE)
    )


def _give_up(song: Song, now: datetime) -> int:
    reason = (
        "worker_lost",
        f"The process that listened to this song was lost {song.attempts} times, so it was given up: "
        "convert the file to another format, or retry it.",
    )
    # Against the same others, in the same way.
    given_up = (
        Song.objects.abandoned(now)
        .filter(id=song.id, lease_token=song.lease_token)
        .update(
            **failure_fields(song.id, *reason),
            finished_at=now,
            **RELEASED_LEASE,
        )
    )
    if given_up:
        logger.error("Song %s was given up: its worker was lost %s times.", song.id, song.attempts)
    return given_up
