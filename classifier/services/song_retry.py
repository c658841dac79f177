"""Retry a song that failed or was cancelled."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from django.db import transaction

from classifier.errors import ProductError
from classifier.jobs.fair_order import queue_for
from classifier.jobs.queue import enqueue, queued_now
from classifier.models import Song, Stage, Status

REQUEUED: dict[str, Any] = {
    "status": Status.QUEUED,
    "stage": Stage.NONE,
    "attempts": 0,
    "segments_done": 0,
    "segments_total": 0,
    "error_code": "",
    "error_message": "",
    "enqueued_at": None,
    "started_at": None,
    "finished_at": None,
}


def song_retry(*, song: Song, now: datetime, to_queue: bool = True) -> Song:
    # Of two concurrent retries one queues the song; the other finds it queued, which is fine too.
    queued = Song.objects.filter(id=song.id, status__in=(Status.FAILED, Status.CANCELLED)).update(
        **REQUEUED, **queued_now(now), warnings=[], queue=queue_for(song.owner)
    )
    if queued and to_queue:
        transaction.on_commit(partial(enqueue, song.id, now=now), robust=True)
    song = song.reload()
    if song.status == Status.DONE:
        raise ProductError(
            "already_done", "This song already has a result: there is nothing to retry.", HTTPStatus.CONFLICT
        )
    return song
