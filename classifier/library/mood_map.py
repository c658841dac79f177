"""The library from above: where its songs lie in the valence-arousal plane, and when they were added.

One query each, and only the columns that a chart needs: a page of 10,000 songs must open at once. The mood is the one
that counts, the owner's where there is one; valence and arousal are always those of the analysis.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import CharField, Count, F, IntegerField, Max, Min
from django.db.models.functions import Cast, Floor

from classifier.library.filter_fields import FIRST_DAY, LAST_DAY
from classifier.library.filters import LibraryFilter
from classifier.models import Person, Song

if TYPE_CHECKING:
    from classifier.querysets import SongQuerySet

CELLS_PER_UNIT = 4
"""Valence and arousal are counted in quarters: fine enough for a picture, coarse enough for a page."""


EARLIEST, LATEST = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (FIRST_DAY, LAST_DAY))


class CellCount(NamedTuple):
    """Number of songs of one mood in one cell, which begins at this valence and arousal."""

    mood: str
    valence: float
    arousal: float
    songs: int


class MapPoint(NamedTuple):
    """A song on the map. `stated_*` is the owner's mood, empty where there is none."""

    id: str
    title: str
    file_name: str
    artist: str
    valence: float
    arousal: float
    name: str
    primary: str
    secondary: str
    certain: bool
    stated_primary: str
    stated_secondary: str


class Addition(NamedTuple):
    """A song in the timeline: the number of its period, its main mood, valence and arousal."""

    period: int
    mood: str
    valence: float
    arousal: float


def analysed_songs(owner: Person, library_filter: LibraryFilter) -> SongQuerySet:
    """The owner's songs that match the filter and have an analysis, in no order."""
    return library_filter.apply(Song.objects.for_owner(owner)).with_current_analysis().analysed().order_by()


def cell_counts(songs: SongQuerySet) -> list[CellCount]:
    rows = songs.values_list(
        F("effective_primary"),
        Floor(F("analysis_valence") * CELLS_PER_UNIT, output_field=IntegerField()),
        Floor(F("analysis_arousal") * CELLS_PER_UNIT, output_field=IntegerField()),
    ).annotate(songs=Count("id"))
    return [
        CellCount(mood, valence / CELLS_PER_UNIT, arousal / CELLS_PER_UNIT, count)
        for mood, valence, arousal, count in rows
    ]


def map_points(songs: SongQuerySet) -> list[MapPoint]:
    """Every song, the oldest first, so that the newest is drawn on top."""
    rows = songs.values_list(
        # As text: ten thousand UUID objects take as long to make as everything else here.
        Cast("id", CharField()),
        "title",
        "file_name",
        "artist",
        F("analysis_valence"),
        F("analysis_arousal"),
        F("analysis_name"),
        F("analysis_primary"),
        F("analysis_secondary"),
        F("analysis_certain"),
        "actual_primary",
        "actual_secondary",
    )
    # Identifiers begin with their time, to the millisecond. SQLite would sort by its index, which takes half as long
    # again.
    return sorted(map(MapPoint._make, rows))


def fingerprint(songs: SongQuerySet) -> str:
    """Changes whenever the points do: when a song is added, deleted, analysed again, edited or judged.

    Far cheaper than the points themselves, which a browser that has them does not need again.
    """
    state = songs.aggregate(
        count=Count("id"),
        newest=Max("created_at"),
        analysed=Max("current_analysis__created_at"),
        edited=Max("edited_at"),
        judged=Max("verdict_at"),
        judgements=Count("verdict_at"),
    )
    return hashlib.sha256(repr(sorted(state.items())).encode()).hexdigest()[:16]


class TimeSpan(NamedTuple):
    """How many songs there are, and when the first and the last of them were added."""

    songs: int
    first: datetime | None
    last: datetime | None


def time_span(songs: SongQuerySet) -> TimeSpan:
    """Without songs that were added while the clock of the server was wrong by centuries."""
    songs = songs.filter(created_at__gte=EARLIEST, created_at__lt=LATEST)
    return TimeSpan(**songs.aggregate(songs=Count("id"), first=Min("created_at"), last=Max("created_at")))


def additions(songs: SongQuerySet, borders: Sequence[datetime]) -> list[Addition]:
    """The songs added from the first border until before the last, each with the number of its period.

    Times are compared as the text that SQLite stores and PostgreSQL writes, in UTC, which sorts as they do: parsing ten
    thousand of them would take longer than the rest of the page.
    """
    starts = [f"{border.astimezone(UTC):%Y-%m-%d %H:%M:%S}" for border in borders]
    # All rows are read, and those outside dropped here: with the index on times, SQLite would take three times as long.
    rows = songs.values_list(
        Cast("created_at", CharField()), F("effective_primary"), F("analysis_valence"), F("analysis_arousal")
    )
    numbered = (Addition(bisect_right(starts, created_at[:19]) - 1, *rest) for created_at, *rest in rows)
    return [addition for addition in numbered if 0 <= addition.period < len(borders) - 1]
