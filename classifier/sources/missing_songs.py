"""Songs whose file is gone for good, and songs that users deleted."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef

from classifier.models import Song, SongLocation, song_folder
from classifier.recordings.copies import copies_choose
from classifier.uploads.stored_files import delete_folder

KEPT_FOR = timedelta(days=30)
BATCH = 500


def missing_songs_delete(*, now: datetime) -> int:
    """Delete locations that are missing for 30 days, and the songs that have no other place. Returns their number."""
    deleted = 0
    missing = SongLocation.objects.filter(missing_since__lt=now - KEPT_FOR)
    while rows := list(missing.values_list("id", "song_id")[:BATCH]):
        with transaction.atomic():
            # Against a scan that finds one of these files at this moment: only those that are still missing.
            missing.filter(id__in=[one for one, _ in rows]).delete()
            deleted += songs_without_place_delete({song_id for _, song_id in rows if song_id})
    return deleted


def songs_without_place_delete(ids: Collection[uuid.UUID]) -> int:
    """Of these songs, delete those that have neither a file nor a location. In a transaction."""
    somewhere = SongLocation.objects.filter(song=OuterRef("pk"))
    songs = list(Song.objects.filter(~Exists(somewhere), id__in=ids, file="").only("id", "recording"))
    Song.objects.filter(id__in=[song.id for song in songs]).delete()
    copies_choose({song.recording for song in songs})
    for song in songs:
        # Its cover. A worker that analyses the song at this moment loses its lease.
        transaction.on_commit(partial(delete_folder, song_folder(song)), robust=True)
    return len(songs)


def locations_ignore(song_ids: Collection[uuid.UUID]) -> None:
    """Before these songs are deleted by their owner: the next scan does not bring them back. In that transaction."""
    SongLocation.objects.filter(song_id__in=song_ids).update(is_ignored=True)
