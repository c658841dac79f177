"""Many songs go at once, and every file of them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import partial

from django.db import transaction

from classifier.files import folder_discard
from classifier.models import Song, song_folder

AT_ONCE = 500


def songs_delete(*, ids: Sequence[uuid.UUID]) -> int:
    """How many there still were. Each batch is whole; after a cut between two, the rest is there as before."""
    return sum(_batch_delete(ids[start : start + AT_ONCE]) for start in range(0, len(ids), AT_ONCE))


def _batch_delete(ids: Sequence[uuid.UUID]) -> int:
    with transaction.atomic():
        songs = list(Song.objects.filter(id__in=ids).only("id"))
        Song.objects.filter(id__in=[song.id for song in songs]).delete()
        for song in songs:
            # As in song_delete: only once the rows are gone for certain. What a killed process leaves, the sweep finds.
            transaction.on_commit(partial(folder_discard, song_folder(song)))
    return len(songs)
