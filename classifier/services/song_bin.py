"""The bin: deleted songs stay there for BIN_DAYS days and can be restored, with their results and their audio."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import Case, DateTimeField, F, Q, Value, When

from classifier.accounts.quotas import MEGABYTE, limits_of, usage
from classifier.models import REQUEUED, Person, Queue, Song, SongLocation, Stage, Status
from classifier.querysets import SongQuerySet
from classifier.recordings.copies import copies_choose, recordings_of
from classifier.services.bulk import songs_rerun
from classifier.services.song_cancel import CANCELLED_STATUS
from classifier.uploads.song_deletion import BATCH_SIZE, bin_songs_delete, songs_delete
from classifier.uploads.stored_files import is_disk_full


def song_bin(*, song: Song, now: datetime) -> bool:
    """Whether it is in the bin now, and not deleted permanently."""
    return bool(songs_bin(ids=[song.id], now=now)[0])


def songs_bin(*, ids: Sequence[uuid.UUID], now: datetime) -> tuple[int, int]:
    """Delete songs. Returns how many are in the bin now, and how many are deleted permanently.

    These are all of them with BIN_DAYS 0, and where the disk has no room even for the change of a row.
    """
    binned = deleted = 0
    for start in range(0, len(ids), BATCH_SIZE):
        batch = ids[start : start + BATCH_SIZE]
        try:
            if not settings.BIN_DAYS:
                deleted += songs_delete(ids=batch)
            else:
                binned += _batch_bin(batch, now)
        except OperationalError as error:
            if not is_disk_full(error):
                raise
            deleted += songs_delete(ids=batch)
    return binned, deleted


def _batch_bin(ids: Sequence[uuid.UUID], now: datetime) -> int:
    unfinished = Q(status__in=(Status.QUEUED, Status.RUNNING))
    with transaction.atomic():
        # One update cancels and deletes. Against a worker that finishes a song at this moment: the first to change the
        # row wins, so that the song is in the bin either with its result or cancelled.
        binned = Song.objects.filter(id__in=ids, deleted_at=None).update(
            deleted_at=now,
            # Equal where this cancelled the analysis: a restored song is then queued again.
            finished_at=Case(When(unfinished, then=Value(now)), default=F("finished_at"), output_field=DateTimeField()),
            status=Case(When(unfinished, then=CANCELLED_STATUS), default=F("status")),
            stage=Stage.NONE,
            lease_token=None,
            lease_expires_at=None,
        )
        # Their sources must not add them again.
        SongLocation.objects.filter(song__in=ids).update(is_ignored=True)
        copies_choose(recordings_of(ids))
    return binned


def songs_restore(
    *, owner: Person, now: datetime, ids: Sequence[uuid.UUID] = (), deleted_at: datetime | None = None
) -> int:
    """Take songs out of the bin: these, or all that were deleted at this moment. Returns their number.

    Songs whose analysis was cancelled by the deletion are queued again.
    """
    songs = Song.objects.in_bin().filter(owner=owner)
    if deleted_at is not None:
        ids = list(songs.filter(deleted_at=deleted_at).values_list("id", flat=True))
    return sum(
        _batch_restore(songs.filter(id__in=ids[start : start + BATCH_SIZE]), now)
        for start in range(0, len(ids), BATCH_SIZE)
    )


def _batch_restore(songs: SongQuerySet, now: datetime) -> int:
    with transaction.atomic():
        ids = list(songs.values_list("id", flat=True))
        cancelled = songs.filter(status__in=(Status.CANCELLED, Status.DONE), finished_at=F("deleted_at"))
        queued_again = list(cancelled.values_list("id", "file"))
        # Against a clean-up that deletes them at this moment: it has the rows, or this.
        restored = Song.objects.in_bin().filter(id__in=ids).update(deleted_at=None)
        SongLocation.objects.filter(song__in=ids).update(is_ignored=False)
        copies_choose(recordings_of(ids))
    held = [song_id for song_id, file in queued_again if not file]
    if held:
        # Of a source: its pacing decides when they are due.
        Song.objects.rerunnable().filter(id__in=held).update(**REQUEUED, queue=Queue.HELD, queued_at=now)
    uploaded = [song_id for song_id, file in queued_again if file]
    if uploaded:
        songs_rerun(ids=uploaded, now=now)
    return restored


def song_restore(*, song: Song, now: datetime) -> Song:
    """Out of the bin, for instance since its owner uploads the same file again."""
    songs_restore(owner=song.owner, ids=[song.id], now=now)
    return song.reload()


def bin_delete(*, owner: Person, ids: Sequence[uuid.UUID] | None = None) -> int:
    """Delete songs in the bin permanently: these, or all of them. Returns their number."""
    songs = Song.objects.in_bin().filter(owner=owner)
    if ids is None:
        return bin_songs_delete(songs)
    return sum(
        songs_delete(ids=list(songs.filter(id__in=ids[start : start + BATCH_SIZE]).values_list("id", flat=True)))
        for start in range(0, len(ids), BATCH_SIZE)
    )


def bin_trim(*, owner: Person) -> int:
    """Delete the songs that are longest in the bin, until they and the others are within the quota.

    So the bin stands in the way of no upload, and nobody stores more than the quota. Returns their number.
    """
    limits = limits_of(owner)
    if not (limits.songs or limits.megabytes):
        return 0

    def fits() -> bool:
        used = usage(owner)
        songs, stored_bytes = used.songs + used.bin_songs, used.bytes + used.bin_bytes
        return not (
            (limits.songs and songs > limits.songs) or (limits.megabytes and stored_bytes > limits.megabytes * MEGABYTE)
        )

    return bin_songs_delete(Song.objects.in_bin().filter(owner=owner).longest_in_bin_first(), until=fits)
