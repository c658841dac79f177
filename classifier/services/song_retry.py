"""Retry a song that failed or was cancelled."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from http import HTTPStatus

from django.db import transaction
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.jobs.fair_order import queue_for
from classifier.jobs.queue import enqueue, queued_now
from classifier.models import REQUEUED, Song, Status


def song_retry(*, song: Song, now: datetime, to_queue: bool = True) -> Song:
    # Of two concurrent retries one queues the song; the other finds it queued, which is fine too.
    queued = (
        Song.objects.out_of_bin()
        .filter(id=song.id, status__in=(Status.FAILED, Status.CANCELLED))
        .update(**REQUEUED, **queued_now(now), warnings=[], queue=queue_for(song.owner))
    )
    if queued and to_queue:
        transaction.on_commit(partial(enqueue, song.id, now=now), robust=True)
    song = song.reload()
    if song.status == Status.DONE:
        raise ProductError(
            "already_done", gettext("This song already has a result: there is nothing to retry."), HTTPStatus.CONFLICT
        )
    return song
