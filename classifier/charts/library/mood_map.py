"""The mood map as the server renders it: songs counted by cell of the plane, as a chart and in words."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.charts.mood_markers import MoodMarker, markers_by_arousal, mood_markers
from classifier.charts.primitives import Tick
from classifier.library.filters import LibraryFilter
from classifier.library.mood_map import CELLS_PER_UNIT, CellCount
from classifier.localized import grouped, songs_text

WIDTH, HEIGHT = 1000, 620
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 14, 40
LEAST, MOST, NEUTRAL = 1.0, 9.0, 5.0
STEP = 0.5
"""The map starts and ends at multiples of this."""
MIN_SPAN = 2.0
"""The map shows at least this much of each scale, so that two similar songs do not look far apart."""
NAMED_MOODS = 3
MAX_CELLS = 400
"""A page of more cells takes long to render and to load."""
BOUNDS = ("valence_from", "valence_to", "arousal_from", "arousal_to")


@dataclass(frozen=True)
class Extent:
    """The part of the plane that the map shows: valence on the x axis, arousal on the y axis."""

    valence_from: float
    valence_to: float
    arousal_from: float
    arousal_to: float

    @classmethod
    def around(cls, counts: Sequence[CellCount]) -> Extent:
        """All songs with a margin; the whole plane where there are none."""
        if not counts:
            return cls(LEAST, MOST, LEAST, MOST)
        return cls(*_span([cell.valence for cell in counts]), *_span([cell.arousal for cell in counts]))

    def x(self, valence: float) -> float:
        share = (valence - self.valence_from) / (self.valence_to - self.valence_from)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, arousal: float) -> float:
        share = (arousal - self.arousal_from) / (self.arousal_to - self.arousal_from)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    @property
    def ranges(self) -> list[tuple[str, str, str, str]]:
        """For form fields: parameter, label, lowest and highest value shown."""
        return [
            ("valence", gettext("Valence"), f"{self.valence_from:g}", f"{self.valence_to:g}"),
            ("arousal", gettext("Arousal"), f"{self.arousal_from:g}", f"{self.arousal_to:g}"),
        ]

    @property
    def text(self) -> str:
        """As scripts read it: valence from and to, arousal from and to."""
        return f"{self.valence_from:g} {self.valence_to:g} {self.arousal_from:g} {self.arousal_to:g}"


@dataclass(frozen=True)
class Cell:
    """The songs in one cell as one marker: more songs, larger marker."""

    x: str
    y: str
    scale: str
    marker: MoodMarker
    query: str
    text: str


@dataclass(frozen=True)
class Region:
    """A named quadrant of the plane."""

    key: str
    title: str
    words: str
    songs: str
    moods: list[tuple[MoodMarker, str]]
    query: str
    bounds: str


@dataclass(frozen=True)
class LegendItem:
    """A mood, how many songs have it as main mood, and a query for those songs, or for all of them again."""

    marker: MoodMarker
    count: int
    active: bool
    query: str

    @property
    def number(self) -> str:
        return f"{self.count:,}"


@dataclass(frozen=True)
class MoodMapChart:
    extent: Extent
    count: int
    cells: list[Cell]
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    regions: list[Region]
    legend: list[LegendItem]

    @property
    def songs(self) -> str:
        return songs_text(self.count)


def mood_map_chart(counts: Sequence[CellCount], library_filter: LibraryFilter) -> MoodMapChart:
    """Every link keeps the filter that selected the songs, and adds its part of the plane."""
    extent = Extent.around(counts)
    by_mood = _by_mood(counts)
    return MoodMapChart(
        extent=extent,
        count=sum(cell.songs for cell in counts),
        cells=_cells(counts, extent, library_filter),
        x_ticks=[_tick(value, extent.x(value)) for value in _steps(extent.valence_from, extent.valence_to)],
        y_ticks=[_tick(value, extent.y(value)) for value in _steps(extent.arousal_from, extent.arousal_to)],
        regions=_regions(counts, library_filter),
        legend=legend(by_mood, library_filter),
    )


def legend(by_mood: Mapping[str, int], library_filter: LibraryFilter) -> list[LegendItem]:
    return [
        LegendItem(
            marker,
            by_mood.get(marker.key, 0),
            marker.key == library_filter.values.get("first"),
            library_filter.to_query(first=None if marker.key == library_filter.values.get("first") else marker.key),
        )
        for marker in markers_by_arousal()
    ]


def _cells(counts: Iterable[CellCount], extent: Extent, library_filter: LibraryFilter) -> list[Cell]:
    places, size = _places(counts)
    most = max((sum(moods.values()) for moods in places.values()), default=1)
    # No marker is larger than its cell; its area is proportional to the number of songs.
    largest = min(extent.x(size) - extent.x(0), extent.y(0) - extent.y(size), 60) / 20
    bounded = _BoundedQuery(library_filter)
    cells = []
    for (valence, arousal), moods in sorted(places.items()):
        count = sum(moods.values())
        first = mood_markers()[moods.most_common(1)[0][0]]
        bounds = (valence, min(valence + size, MOST), arousal, min(arousal + size, MOST))
        cells.append(
            Cell(
                x=f"{extent.x(valence + size / 2):g}",
                y=f"{extent.y(arousal + size / 2):g}",
                scale=f"{max(largest * math.sqrt(count / most), 0.25):.2f}",
                marker=first,
                query=bounded.query(bounds),
                text=_cell_text(count, moods[first.key] == count, first.adjective, bounds),
            )
        )
    return cells


def _cell_text(count: int, all_alike: bool, adjective: str, bounds: tuple[float, float, float, float]) -> str:
    ends = zip(("valence_from", "valence_to", "arousal_from", "arousal_to"), bounds, strict=True)
    values = {name: f"{end:g}" for name, end in ends} | {"songs": songs_text(count), "mood": adjective}
    if all_alike:
        text = gettext(
            "%(songs)s, all %(mood)s: valence %(valence_from)s to %(valence_to)s, "
            "arousal %(arousal_from)s to %(arousal_to)s"
        )
    else:
        text = gettext(
            "%(songs)s, most often %(mood)s: valence %(valence_from)s to %(valence_to)s, "
            "arousal %(arousal_from)s to %(arousal_to)s"
        )
    return text % values


def _places(counts: Iterable[CellCount]) -> tuple[dict[tuple[float, float], Counter[str]], float]:
    """The moods of each cell, and the size of a cell: twice as large where the songs fill too many of them."""
    places: dict[tuple[float, float], Counter[str]] = defaultdict(Counter)
    for mood, valence, arousal, count in counts:
        places[valence, arousal][mood] += count
    size = 1 / CELLS_PER_UNIT
    if len(places) <= MAX_CELLS:
        return places, size
    larger: dict[tuple[float, float], Counter[str]] = defaultdict(Counter)
    for (valence, arousal), moods in places.items():
        larger[valence - valence % (2 * size), arousal - arousal % (2 * size)].update(moods)
    return larger, 2 * size


def _regions(counts: Sequence[CellCount], library_filter: LibraryFilter) -> list[Region]:
    """Row by row from the top left of the plane."""
    bounded = _BoundedQuery(library_filter)
    regions = []
    for key, title, pleasant, lively in (
        ("Q2", gettext("Unpleasant and lively"), False, True),
        ("Q1", gettext("Pleasant and lively"), True, True),
        ("Q3", gettext("Unpleasant and quiet"), False, False),
        ("Q4", gettext("Pleasant and quiet"), True, False),
    ):
        matches = [c for c in counts if (c.valence >= NEUTRAL) == pleasant and (c.arousal >= NEUTRAL) == lively]
        bounds = (*_half(pleasant), *_half(lively))
        moods = _by_mood(matches).most_common(NAMED_MOODS)
        regions.append(
            Region(
                key=key,
                title=title,
                words=gettext(ml_gateway.QUADRANT_WORDS[key]),
                songs=songs_text(sum(cell.songs for cell in matches)),
                moods=[(mood_markers()[mood], grouped(count)) for mood, count in moods],
                query=bounded.query(bounds),
                bounds=" ".join(f"{bound:g}" for bound in bounds),
            )
        )
    return regions


class _BoundedQuery:
    """The filter's query for a part of the plane; bounds at the end of a scale are left out."""

    def __init__(self, library_filter: LibraryFilter) -> None:
        self.bounds = {name: library_filter.values.get(name) for name in BOUNDS}
        # Built once: for two hundred cells, building all of it again would take longer than counting their songs.
        self.rest = library_filter.to_query(**dict.fromkeys(BOUNDS))

    def query(self, bounds: tuple[float, float, float, float]) -> str:
        pairs = [self.rest] if self.rest else []
        for name, bound in zip(BOUNDS, bounds, strict=True):
            lower = name.endswith("_from")
            unbounded = bound == (LEAST if lower else MOST)
            value = self.bounds[name] if unbounded else _narrower(self.bounds[name], bound, max if lower else min)
            if value is not None:
                pairs.append(f"{name}={value:g}")
        return "&".join(pairs)


def _narrower(current: float | None, bound: float, choose: Callable[..., float]) -> float | None:
    return bound if current is None else choose(current, bound)


def _half(upper: bool) -> tuple[float, float]:
    return (NEUTRAL, MOST) if upper else (LEAST, NEUTRAL)


def _span(lower_corners: Sequence[float]) -> tuple[float, float]:
    cell = 1 / CELLS_PER_UNIT
    # One cell of margin on either side: a song's marker is larger than its point.
    low = math.floor((min(lower_corners) - cell) / STEP) * STEP
    high = math.ceil((max(lower_corners) + 2 * cell) / STEP) * STEP
    while high - low < MIN_SPAN:
        low, high = max(low - STEP, LEAST), min(high + STEP, MOST)
    return max(low, LEAST), min(high, MOST)


def _steps(low: float, high: float) -> list[float]:
    step = STEP if high - low <= 4 else 1.0
    first = math.ceil(low / step)
    return [number * step for number in range(first, math.floor(high / step) + 1)]


def _tick(value: float, position: float) -> Tick:
    return Tick(position, f"{value:g}", value == NEUTRAL)


def _by_mood(counts: Iterable[CellCount]) -> Counter[str]:
    totals: Counter[str] = Counter()
    for cell in counts:
        totals[cell.mood] += cell.songs
    return totals
