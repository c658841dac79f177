"""Actions on many songs at once: cancel, correct, delete, analyse again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from classifier.jobs.queue import enqueue, queued_now
from classifier.models import REQUEUED, Person, Queue, Song, Stage, Verdict
from classifier.querysets import HANDED_OVER_AT_ONCE
from classifier.services.song_cancel import CANCELLED_STATUS
from classifier.services.song_verdict import stated_moods
from classifier.sources.pacing import owner_songs_release

# Rows per transaction, so that no transaction holds the database for long.
BATCH_SIZE = 500
PACED_FROM = 201
"""So many songs that are analysed again are released a few at a time, as those of sources are."""


def songs_cancel(*, owner: Person, now: datetime) -> int:
    """Cancel all queued uploads of a user; running ones continue. Returns the number of cancelled songs.

    Songs of sources are paused instead: cancelled, thousands of them would have to be found and queued again.
    """
    # Against workers that claim songs in the meantime: a claimed song is no longer queued, and continues.
    return (
        Song.objects.for_owner(owner)
        .queued()
        .exclude(file="")
        .update(status=CANCELLED_STATUS, stage=Stage.NONE, lease_token=None, lease_expires_at=None, finished_at=now)
    )


def songs_correct(*, ids: Sequence[uuid.UUID], primary: str, secondary: str, now: datetime) -> int:
    primary, secondary = stated_moods(primary, secondary)
    stated = {
        "verdict": Verdict.CORRECTED,
        "verdict_at": now,
        "actual_primary": primary,
        "actual_secondary": secondary,
    }
    return sum(
        Song.objects.filter(id__in=ids[start : start + BATCH_SIZE]).update(**stated)
        for start in range(0, len(ids), BATCH_SIZE)
    )


def songs_rerun(*, ids: Sequence[uuid.UUID], now: datetime) -> int:
    """Queue songs for another analysis. Returns their number: songs on their way already, and those whose file cannot
    be analysed, are skipped. The earlier results stay until the new ones are there; verdicts stay in any case."""
    # Somebody waits for a single song. Many are bulk work, so that they do not delay the songs that are uploaded today;
    # and where they are a library, the queue stays short and a pause holds for them.
    queue = Queue.INTERACTIVE if len(ids) == 1 else Queue.BULK if len(ids) < PACED_FROM else Queue.HELD
    queued = sum(_batch_queue(ids[start : start + BATCH_SIZE], queue, now) for start in range(0, len(ids), BATCH_SIZE))
    if queue == Queue.HELD:
        for owner in Person.objects.filter(pk__in=Song.objects.filter(id__in=_oldest(ids)).values("owner_id")):
            transaction.on_commit(partial(owner_songs_release, owner, now), robust=True)
        return queued
    # Ten thousand songs need no ten thousand messages: a worker that has finished a song sends the next one.
    first = Song.objects.queued().filter(id__in=_oldest(ids)).values_list("id", flat=True)
    for song_id in first:
        transaction.on_commit(partial(enqueue, song_id, now=now), robust=True)
    return queued


def _batch_queue(ids: Sequence[uuid.UUID], queue: Queue, now: datetime) -> int:
    # One conditional update, as in song_retry: a running song stays with its worker.
    return Song.objects.rerunnable().filter(id__in=ids).update(**REQUEUED, **queued_now(now), queue=queue)


def _oldest(ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Identifiers sort by their creation time."""
    return sorted(ids)[:HANDED_OVER_AT_ONCE]
