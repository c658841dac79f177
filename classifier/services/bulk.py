"""Actions on many songs at once: cancel, correct, delete, analyse again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from classifier.jobs.queue import enqueue
from classifier.models import Person, Song, Stage, Status, Verdict, song_folder
from classifier.querysets import OLDEST
from classifier.services.song_cancel import CANCELLED_STATUS
from classifier.services.song_retry import REQUEUED
from classifier.services.song_verdict import stated_moods
from classifier.uploads.stored_files import delete_folder

# Rows per transaction, so that no transaction holds the database for long.
BATCH_SIZE = 500


def songs_cancel(*, owner: Person, now: datetime) -> int:
    """Those that are heard at this moment are heard to their end; how many were cancelled."""
    # Against workers that take songs meanwhile: what one of them has taken is queued no longer, and stays.
    return (
        Song.objects.for_owner(owner)
        .queued()
        .update(status=CANCELLED_STATUS, stage=Stage.NONE, lease_token=None, lease_expires_at=None, finished_at=now)
    )


def songs_correct(*, ids: Sequence[uuid.UUID], primary: str, secondary: str, now: datetime) -> int:
    primary, secondary = stated_moods(primary, secondary)
    said = {
        "verdict": Verdict.CORRECTED,
        "verdict_at": now,
        "actual_primary": primary,
        "actual_secondary": secondary,
    }
    return sum(
        Song.objects.filter(id__in=ids[start : start + BATCH_SIZE]).update(**said)
        for start in range(0, len(ids), BATCH_SIZE)
    )


def songs_delete(*, ids: Sequence[uuid.UUID]) -> int:
    """How many there still were. Each batch is whole; after a cut between two, the rest is there as before."""
    return sum(_batch_delete(ids[start : start + BATCH_SIZE]) for start in range(0, len(ids), BATCH_SIZE))


def _batch_delete(ids: Sequence[uuid.UUID]) -> int:
    with transaction.atomic():
        songs = list(Song.objects.filter(id__in=ids).only("id"))
        Song.objects.filter(id__in=[song.id for song in songs]).delete()
        for song in songs:
            # As in song_delete: only once the rows are gone for certain. What a killed process leaves, the sweep finds.
            transaction.on_commit(partial(delete_folder, song_folder(song)))
    return len(songs)


def songs_rerun(*, ids: Sequence[uuid.UUID], now: datetime) -> int:
    """How many were put into the queue: those on their way already are left alone.

    The answers that they have stay until the new ones are there, and what the person said stays for good.
    """
    queued = sum(_batch_queue(ids[start : start + BATCH_SIZE]) for start in range(0, len(ids), BATCH_SIZE))
    # The oldest at once; the sweep hands over the others in their turn, so that a song that is sent meanwhile
    # does not find ten thousand messages before its own.
    first = Song.objects.queued().filter(id__in=_oldest(ids)).values_list("id", flat=True)
    for song_id in first:
        transaction.on_commit(partial(enqueue, song_id, now=now), robust=True)
    return queued


def _batch_queue(ids: Sequence[uuid.UUID]) -> int:
    # One conditional update, as in song_retry: a song that a worker has in hand is not taken from it.
    return Song.objects.filter(id__in=ids, status__in=(Status.DONE, Status.FAILED, Status.CANCELLED)).update(**REQUEUED)


def _oldest(ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Identifiers begin with their time."""
    return sorted(ids)[:OLDEST]
