"""Edit what the tags of songs say: title, artist, album, album artist, year and genre."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from classifier.errors import ProductError
from classifier.models import Song
from classifier.recordings.copies import copies_choose

MAX_LENGTH = 255
FIRST_YEAR, LAST_YEAR = 1000, 2999
BATCH_SIZE = 500
TOO_LONG = {
    "title": gettext_noop("The title has %(count)s characters, and at most %(most)s are allowed: shorten it."),
    "artist": gettext_noop("The artist has %(count)s characters, and at most %(most)s are allowed: shorten it."),
    "album": gettext_noop("The album has %(count)s characters, and at most %(most)s are allowed: shorten it."),
    "album_artist": gettext_noop(
        "The album artist has %(count)s characters, and at most %(most)s are allowed: shorten it."
    ),
    "music_genre": gettext_noop("The genre has %(count)s characters, and at most %(most)s are allowed: shorten it."),
}


def song_edit(*, song: Song, now: datetime, **names: str) -> Song:
    """Set some of NAME_FIELDS, from the texts of a form. From now on, the file's tags no longer set any of them."""
    changes = checked_names(names)
    with transaction.atomic():
        # Locked, since a worker may store the names of the file at this moment.
        stored = Song.objects.select_for_update().filter(id=song.id).first()
        if stored is not None:
            # By update(): only these columns.
            Song.objects.filter(id=song.id).update(**stored.name_columns(**changes), edited_at=now)
            copies_choose([stored.recording])
    return song.reload()


def songs_edit(*, ids: Sequence[uuid.UUID], now: datetime, **names: str) -> int:
    """Set those of NAME_FIELDS that are not empty, for many songs. Returns their number."""
    changes = checked_names({name: text for name, text in names.items() if text.strip()})
    if not changes:
        raise ProductError("nothing_changed", "Nothing is filled in: fill in what all of the songs should get.")
    return sum(_batch_edit(batch, changes, now) for batch in _batches(ids))


def checked_names(names: dict[str, str]) -> dict[str, Any]:
    """As the columns store them. Raises ProductError."""
    return {name: _year(text) if name == "year" else _one_line(name, text) for name, text in names.items()}


def _batch_edit(ids: Iterable[uuid.UUID], changes: dict[str, Any], now: datetime) -> int:
    with transaction.atomic():
        songs = list(Song.objects.select_for_update().filter(id__in=list(ids)))
        columns: dict[str, Any] = {}
        for song in songs:
            columns = song.name_columns(**changes) | {"edited_at": now}
            for name, value in columns.items():
                setattr(song, name, value)
        if songs:
            Song.objects.bulk_update(songs, list(columns), batch_size=100)
            copies_choose({song.recording for song in songs})
    return len(songs)


def _one_line(name: str, text: str) -> str:
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if len(line) > MAX_LENGTH:
        raise ProductError(
            f"{name}_too_long",
            gettext(TOO_LONG[name]) % {"count": len(line), "most": MAX_LENGTH},
        )
    return line


def _year(text: str) -> int | None:
    line = text.strip()
    if not line:
        return None
    if not (line.isascii() and line.isdigit() and FIRST_YEAR <= int(line[:9]) <= LAST_YEAR):
        raise ProductError(
            "year_malformed",
            f"The year is “{line[:40]}”, but must be a number from {FIRST_YEAR} to {LAST_YEAR}: correct it or leave it "
            "empty.",
        )
    return int(line)


def _batches(ids: Sequence[uuid.UUID]) -> Iterable[Sequence[uuid.UUID]]:
    return (ids[start : start + BATCH_SIZE] for start in range(0, len(ids), BATCH_SIZE))
