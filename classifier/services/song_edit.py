"""Edit the title and artist of a song."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from classifier.errors import ProductError
from classifier.models import Song

MAX_LENGTH = 255


def song_edit(*, song: Song, title: str, artist: str, now: datetime) -> Song:
    """From now on, the file's tags no longer set them."""
    names = _one_line("title", title), _one_line("artist", artist)
    with transaction.atomic():
        # Locked, since a worker may store the album at this moment.
        stored = Song.objects.select_for_update().filter(id=song.id).first()
        if stored is not None:
            # By update(): only these columns.
            Song.objects.filter(id=song.id).update(**stored.name_columns(*names, stored.album), edited_at=now)
    return song.reload()


def _one_line(name: str, text: str) -> str:
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if len(line) > MAX_LENGTH:
        raise ProductError(
            f"{name}_too_long",
            f"The {name} has {len(line)} characters, and at most {MAX_LENGTH} are allowed: shorten it.",
        )
    return line
