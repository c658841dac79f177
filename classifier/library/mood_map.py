"""A library seen from above: where its songs lie in the plane, and when they were added.

Reads only, each of them one query, and as few columns as the drawing needs: a page of 10,000 songs is to open at once.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import CharField, Count, F, IntegerField, Max, Min
from django.db.models.functions import Cast, Floor

from classifier.library.filters import LibraryFilter
from classifier.models import Person, Song, Status

if TYPE_CHECKING:
    from classifier.querysets import SongQuerySet

CELLS_IN_ONE = 4
"""Valence and arousal are counted in quarters: fine enough to be a picture, coarse enough to be a page."""


class CellCount(NamedTuple):
    """How many songs of one mood lie in one cell; the cell is told by its lower corner."""

    mood: str
    valence: float
    arousal: float
    count: int


class Spot(NamedTuple):
    """A song as a point of the map; its identifier without dashes."""

    id: str
    title: str
    file_name: str
    artist: str
    valence: float
    arousal: float
    name: str
    mood: str
    certain: bool


class Addition(NamedTuple):
    """A song as the history over time counts it: the number of its period, and what was heard."""

    period: int
    mood: str
    valence: float
    arousal: float


def heard_songs(person: Person, asked: LibraryFilter) -> SongQuerySet:
    """The person's songs that the question means, as far as they have an answer."""
    return asked.narrow(Song.objects.for_owner(person)).filter(status=Status.DONE, current__isnull=False)


def cell_counts(songs: SongQuerySet) -> list[CellCount]:
    rows = songs.values_list(
        "current__primary",
        Floor(F("current__valence") * CELLS_IN_ONE, output_field=IntegerField()),
        Floor(F("current__arousal") * CELLS_IN_ONE, output_field=IntegerField()),
    ).annotate(count=Count("id"))
    return [
        CellCount(mood, valence / CELLS_IN_ONE, arousal / CELLS_IN_ONE, count)
        for mood, valence, arousal, count in rows.order_by()
    ]


def spots(songs: SongQuerySet) -> list[Spot]:
    """Every song, the oldest first, so that the newest is drawn on top."""
    rows = songs.order_by().values_list(
        # As text: ten thousand UUID objects take as long to make as everything else here.
        Cast("id", CharField()),
        "title",
        "file_name",
        "artist",
        "current__valence",
        "current__arousal",
        "current__name",
        "current__primary",
        "current__certain",
    )
    # Identifiers sort as their songs came, to the millisecond. Asked to sort, SQLite would go by its index, and take
    # half as long again.
    return sorted(map(Spot._make, rows))


def stamp(songs: SongQuerySet) -> str:
    """Changes whenever the points do: with a song that comes, goes or is heard anew, and with whatever a person says.

    Far cheaper than the points themselves, which a browser that has them is spared.
    """
    seen = songs.aggregate(
        count=Count("id"),
        newest=Max("created_at"),
        analysed=Max("current__created_at"),
        edited=Max("edited_at"),
        judged=Max("verdict_at"),
    )
    return hashlib.sha256(repr(sorted(seen.items())).encode()).hexdigest()[:16]


class Span(NamedTuple):
    """How many songs there are, and when the first and the last of them were added."""

    count: int
    first: datetime | None
    last: datetime | None


def span_of(songs: SongQuerySet) -> Span:
    return Span(**songs.aggregate(count=Count("id"), first=Min("created_at"), last=Max("created_at")))


def additions(songs: SongQuerySet, borders: Sequence[datetime]) -> list[Addition]:
    """The songs added from the first border on and before the last, each with the number of its period.

    Moments come as the text that SQLite keeps and PostgreSQL writes, in UTC, which sorts as they do: to read ten
    thousand of them into Python would take longer than all the rest of the page.
    """
    marks = [f"{border.astimezone(UTC):%Y-%m-%d %H:%M:%S}" for border in borders]
    # All are read, and those outside dropped here: led by the index of moments, SQLite would take three times as long.
    rows = songs.order_by().values_list(
        Cast("created_at", CharField()), "current__primary", "current__valence", "current__arousal"
    )
    numbered = (Addition(bisect_right(marks, moment[:19]) - 1, *rest) for moment, *rest in rows)
    return [addition for addition in numbered if 0 <= addition.period < len(borders) - 1]
