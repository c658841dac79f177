"""Data for the mood map and the timeline: the songs in the valence-arousal plane, and by the time they were added.

One query each, and only the columns that a chart needs: a page of 100,000 songs must open at once. The mood is the one
that counts, the owner's where there is one; valence and arousal are always those of the analysis.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import CharField, F, Func, IntegerField
from django.db.models.functions import Cast

from classifier.library.filter_fields import FIRST_DAY, LAST_DAY
from classifier.library.filters import LibraryFilter
from classifier.library.plain_rows import group_counts, plain_rows
from classifier.models import Person, Song

if TYPE_CHECKING:
    from classifier.querysets import SongQuerySet

CELLS_PER_UNIT = 4
"""Valence and arousal are counted in quarters: fine enough for a picture, coarse enough for a page."""
MAX_DRAWN, SAMPLE = 10_000, 5_000
"""Of more songs than MAX_DRAWN, the map draws about SAMPLE; it loads others when the user zooms in."""

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
    """That of the model."""
    primary: str
    primary_key: str
    secondary: str
    secondary_key: str
    certain: bool
    stated_primary: str
    stated_secondary: str


def analysed_songs(owner: Person, library_filter: LibraryFilter) -> SongQuerySet:
    """The owner's songs that match the filter and have an analysis, in no order."""
    return library_filter.apply(Song.objects.for_owner(owner)).with_current_analysis().analysed().order_by()


def cell_counts(songs: SongQuerySet) -> list[CellCount]:
    rows = songs.values_list(F("effective_primary"), _cell("sort_valence"), _cell("sort_arousal"))
    return [
        CellCount(mood, valence / CELLS_PER_UNIT, arousal / CELLS_PER_UNIT, count)
        for (mood, valence, arousal), count in group_counts(rows).items()
    ]


def _cell(column: str) -> Func:
    return WholePart(F(column) * CELLS_PER_UNIT, output_field=IntegerField())


class WholePart(Func):
    """Of a positive number. Django's own Floor calls Python from SQLite, for each song."""

    function = "FLOOR"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="CAST(%(expressions)s AS INTEGER)", **context)


def drawn_points(songs: SongQuerySet, total: int) -> list[MapPoint]:
    """Every song, or a sample of more than MAX_DRAWN; the oldest first, so that the newest is drawn on top."""
    if total > MAX_DRAWN:
        songs = songs.sample(SAMPLE / total)
    # Identifiers begin with their time, to the millisecond.
    return sorted(_points(songs))


def newest_points(songs: SongQuerySet, number: int) -> list[MapPoint]:
    """The first songs of the list."""
    return _points(songs.newest_first()[:number])


def _points(songs: SongQuerySet) -> list[MapPoint]:
    """First their identifiers, which an index has; then only their rows."""
    # As text: ten thousand UUID objects take as long to make as everything else here.
    ids = list(songs.values_list(Cast("id", CharField()), flat=True))
    columns = (
        Song.objects.filter(id__in=ids)
        .with_current_analysis()
        .values_list(
            Cast("id", CharField()),
            "title",
            "file_name",
            "artist",
            F("analysis_valence"),
            F("analysis_arousal"),
            F("analysis_name"),
            F("shown_primary"),
            F("shown_primary_key"),
            F("shown_secondary"),
            F("shown_secondary_key"),
            F("shown_certain"),
            "actual_primary",
            "actual_secondary",
        )
    )
    points = {row[0]: MapPoint._make(row) for row in columns}
    return [points[song_id] for song_id in ids if song_id in points]


class SongsByPeriod(NamedTuple):
    """The songs of one period: a main mood, a valence and an arousal for each."""

    moods: list[str]
    valence: list[float]
    arousal: list[float]


class Additions:
    """When songs were added, with their mood, valence and arousal; in one query.

    Times are compared as the text that SQLite stores and PostgreSQL writes, in UTC, which sorts as they do: parsing a
    hundred thousand of them would take longer than the rest of the page.
    """

    def __init__(self, songs: SongQuerySet) -> None:
        """Without songs that were added while the clock of the server was wrong by centuries."""
        rows = (
            songs.filter(created_at__gte=EARLIEST, created_at__lt=LATEST)
            .order_by("created_at")
            .values_list(Cast("created_at", CharField()), F("effective_primary"), "sort_valence", "sort_arousal")
        )
        self._times: list[str] = []
        self._songs = SongsByPeriod([], [], [])
        for time, mood, valence, arousal in plain_rows(rows):
            self._times.append(time)
            self._songs.moods.append(mood)
            self._songs.valence.append(valence)
            self._songs.arousal.append(arousal)

    def __len__(self) -> int:
        return len(self._times)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """When the first and the last were added."""
        return _time(self._times[0]), _time(self._times[-1])

    def by_period(self, borders: Sequence[datetime]) -> list[SongsByPeriod]:
        """Of the periods from each border to the next one."""
        starts = [f"{border.astimezone(UTC):%Y-%m-%d %H:%M:%S}" for border in borders]
        places = [bisect_left(self._times, start) for start in starts]
        songs = self._songs
        return [
            SongsByPeriod(songs.moods[first:last], songs.valence[first:last], songs.arousal[first:last])
            for first, last in pairwise(places)
        ]


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
