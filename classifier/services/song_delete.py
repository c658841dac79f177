"""Delete a song with all of its files."""

from __future__ import annotations

from functools import partial

from django.db import OperationalError, transaction

from classifier.models import Song, song_folder
from classifier.uploads.stored_files import delete_folder, is_disk_full


def song_delete(*, song: Song) -> None:
    """A worker that analyses it notices that its lease is lost, stops, and removes the files that it wrote."""
    folder = song_folder(song)
    try:
        _delete(song, folder)
    except OperationalError as error:
        if not is_disk_full(error):
            raise
        # There is no room for the journal of the database. The files give it: the user wants to be rid of them anyway.
        delete_folder(folder)
        _delete(song, folder)


def _delete(song: Song, folder: str) -> None:
    with transaction.atomic():
        # By its id, so that two concurrent deletions both succeed.
        Song.objects.filter(id=song.id).delete()
        # Only after the commit: a row without its file would be worse than a file without a row.
        transaction.on_commit(partial(delete_folder, folder), robust=True)
