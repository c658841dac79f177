"""Delete songs permanently, with all of their files; and those in the bin, where the disk has no room for others."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Sequence
from functools import partial

from django.db import OperationalError, transaction

from classifier.models import Song, SongLocation, song_folder
from classifier.querysets import SongQuerySet
from classifier.recordings.copies import copies_choose
from classifier.uploads.song_storage import song_storage
from classifier.uploads.stored_files import delete_folder, is_disk_full

logger = logging.getLogger(__name__)

BATCH_SIZE = 500
"""Rows per transaction, so that no transaction holds the database for long."""


def songs_delete(*, ids: Sequence[uuid.UUID]) -> int:
    """Returns the number of deleted songs. Each batch is one transaction.

    A worker that analyses one of them notices that its lease is lost, stops, and removes the files that it wrote. On a
    full disk, the files of the songs make room for the journal of the database.
    """
    return sum(_batch_delete(ids[start : start + BATCH_SIZE]) for start in range(0, len(ids), BATCH_SIZE))


def bin_songs_delete(songs: SongQuerySet, *, until: Callable[[], bool] | None = None) -> int:
    """Delete all songs of a query permanently, or one by one until the condition holds. Returns their number."""
    deleted = 0
    while until is None or not until():
        # Restored meanwhile, a song is no longer in the query.
        ids = list(songs.values_list("id", flat=True)[: 1 if until else BATCH_SIZE])
        if not ids:
            break
        deleted += songs_delete(ids=ids)
    return deleted


def bin_make_room(*, has_room: Callable[[], bool]) -> int:
    """Delete the songs that are longest in the bin, whoever owns them, until there is room. Returns their number."""
    if song_storage().is_shared:
        return 0  # they are on no disk of this host
    deleted = bin_songs_delete(Song.objects.in_bin().uploaded().longest_in_bin_first(), until=has_room)
    if deleted:
        logger.warning("The disk is full: %d songs were deleted from the bin to make room.", deleted)
    return deleted


def _batch_delete(ids: Sequence[uuid.UUID]) -> int:
    try:
        return _rows_delete(ids)
    except OperationalError as error:
        if not is_disk_full(error):
            raise
        # There is no room for the journal of the database. The files give it: the user wants to be rid of them anyway.
        for song in Song.objects.filter(id__in=ids).only("id"):
            delete_folder(song_folder(song))
        return _rows_delete(ids)


def _rows_delete(ids: Sequence[uuid.UUID]) -> int:
    with transaction.atomic():
        songs = list(Song.objects.filter(id__in=ids).only("id", "recording"))
        # Their sources must not add them again.
        SongLocation.objects.filter(song__in=songs).update(is_ignored=True)
        # By their ids, so that two concurrent deletions both succeed.
        Song.objects.filter(id__in=[song.id for song in songs]).delete()
        copies_choose({song.recording for song in songs})
        for song in songs:
            # Only after the commit: a row without its file would be worse than a file without a row. The clean-up
            # removes what a killed process leaves.
            transaction.on_commit(partial(delete_folder, song_folder(song)), robust=True)
    return len(songs)
