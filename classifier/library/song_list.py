"""Songs in an order, of which a part is shown: first their identifiers, then the rows of that part.

An index has what filters and orders read, so that the identifiers of a hundred thousand songs take some milliseconds.
Their rows are ten times as large, and a database that sorts them, or skips those of earlier pages, reads all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import CharField
from django.db.models.functions import Cast

if TYPE_CHECKING:
    from classifier.models import Song
    from classifier.querysets import SongQuerySet


class SongList(Sequence["Song"]):
    """What a paginator takes: a number and slices. `songs` are filtered and in order; `rows` says how to read them."""

    def __init__(self, songs: SongQuerySet, rows: SongQuerySet) -> None:
        self._songs = songs
        self._rows = rows

    @cached_property
    def _count(self) -> int:
        return self._songs.count()

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, part: slice) -> list[Song]:  # type: ignore[override]  # a paginator asks for slices
        """Without songs that were deleted in between. The second half is read from the end."""
        first, last, _ = part.indices(self._count)
        ids = self._songs.values_list("id", flat=True)
        if first > self._count - last:
            shown = list(ids.reverse()[self._count - last : self._count - first])[::-1]
        else:
            shown = list(ids[first:last])
        return songs_in_order(self._rows, shown)


def in_chunks(songs: SongQuerySet, rows: SongQuerySet, *, size: int) -> Iterator[Song]:
    """All of them, so many at a time."""
    # As text: a hundred thousand UUID objects take as long as the query.
    ids = list(songs.values_list(Cast("id", CharField()), flat=True))
    for first in range(0, len(ids), size):
        yield from songs_in_order(rows, [UUID(text) for text in ids[first : first + size]])


def songs_in_order(rows: SongQuerySet, ids: Sequence[UUID]) -> list[Song]:
    """The rows of these songs, without those that are gone."""
    songs = rows.in_bulk(ids)
    return [songs[song_id] for song_id in ids if song_id in songs]
