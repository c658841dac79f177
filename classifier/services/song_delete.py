"""A song goes, and every file of it."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from classifier.models import Song, song_folder
from classifier.uploads.stored_files import delete_folder


def song_delete(*, song: Song) -> None:
    """A worker that is hearing it just then finds its lease gone, stops, and removes what it made meanwhile."""
    folder = song_folder(song)
    with transaction.atomic():
        # By its id, so that two who delete at once both succeed.
        Song.objects.filter(id=song.id).delete()
        # Only once the row is gone for certain: a row without its file would be worse than a file without a row.
        transaction.on_commit(partial(delete_folder, folder))
