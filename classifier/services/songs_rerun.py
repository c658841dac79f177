"""Many songs are heard again, by the model in use."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from classifier.models import Song, Status
from classifier.querysets import OLDEST
from classifier.queue import enqueue
from classifier.services.song_retry import AFRESH

AT_ONCE = 500


def songs_rerun(*, ids: Sequence[uuid.UUID], now: datetime) -> int:
    """How many were put into the queue: those on their way already are left alone.

    The answers that they have stay until the new ones are there, and what the person said stays for good.
    """
    queued = sum(_batch_queue(ids[start : start + AT_ONCE]) for start in range(0, len(ids), AT_ONCE))
    # The oldest at once; the sweep hands over the others in their turn, so that a song that is sent meanwhile
    # does not find ten thousand messages before its own.
    first = Song.objects.queued().filter(id__in=_oldest(ids)).values_list("id", flat=True)
    for song_id in first:
        transaction.on_commit(partial(enqueue, song_id, now=now), robust=True)
    return queued


def _batch_queue(ids: Sequence[uuid.UUID]) -> int:
    # One conditional update, as in song_retry: a song that a worker has in hand is not taken from it.
    return Song.objects.filter(id__in=ids, status__in=(Status.DONE, Status.FAILED, Status.CANCELLED)).update(**AFRESH)


def _oldest(ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Identifiers begin with their time."""
    return sorted(ids)[:OLDEST]
