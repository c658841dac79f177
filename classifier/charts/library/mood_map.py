"""The mood map as the server draws it: songs counted by cells of the plane, as a picture and as a table of regions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from classifier import ml_gateway
from classifier.charts.mood_markers import MoodMarker, markers_by_arousal, mood_markers
from classifier.library.filters import LibraryFilter
from classifier.library.mood_map import CELLS_PER_UNIT, CellCount

WIDTH, HEIGHT = 1000, 620
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 14, 40
LEAST, MOST, NEUTRAL = 1.0, 9.0, 5.0
STEP = 0.5
"""The map ends at such steps."""
LEAST_SPAN = 2.0
"""So much of each scale is shown at least, that two songs side by side do not seem worlds apart."""
NAMED_MOODS = 3
BOUNDS = ("valence_from", "valence_to", "arousal_from", "arousal_to")


@dataclass(frozen=True)
class Extent:
    """What of the plane is shown: valence across, arousal upwards."""

    valence_from: float
    valence_to: float
    arousal_from: float
    arousal_to: float

    @classmethod
    def around(cls, counts: Sequence[CellCount]) -> Extent:
        """All songs with a little air; the whole plane where there are none."""
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
        """For fields to fill in: parameter, label, lowest and highest value in sight."""
        return [
            ("valence", "Valence", f"{self.valence_from:g}", f"{self.valence_to:g}"),
            ("arousal", "Arousal", f"{self.arousal_from:g}", f"{self.arousal_to:g}"),
        ]

    @property
    def text(self) -> str:
        """As scripts read it."""
        return f"{self.valence_from:g} {self.valence_to:g} {self.arousal_from:g} {self.arousal_to:g}"


@dataclass(frozen=True)
class Cell:
    """The songs of a quarter by a quarter of the plane, as one mark: the more, the larger."""

    x: str
    y: str
    scale: str
    mark: MoodMarker
    query: str
    text: str


@dataclass(frozen=True)
class Tick:
    at: float
    text: str
    neutral: bool


@dataclass(frozen=True)
class Region:
    """A named quarter of the plane."""

    key: str
    title: str
    words: str
    songs: str
    moods: list[tuple[MoodMarker, str]]
    query: str
    bounds: str


@dataclass(frozen=True)
class LegendLine:
    """A mood, how many songs have it as their first side, and the question that asks for them, or for all again."""

    mark: MoodMarker
    count: int
    chosen: bool
    query: str

    @property
    def number(self) -> str:
        return f"{self.count:,}"


@dataclass(frozen=True)
class Landscape:
    extent: Extent
    count: int
    cells: list[Cell]
    across: list[Tick]
    upwards: list[Tick]
    regions: list[Region]
    legend: list[LegendLine]

    @property
    def songs(self) -> str:
        return songs_text(self.count)


def landscape(counts: Sequence[CellCount], asked: LibraryFilter) -> Landscape:
    """`asked` is the question that chose the songs; every link asks it too, and for its part of the plane besides."""
    extent = Extent.around(counts)
    by_mood = _by_mood(counts)
    return Landscape(
        extent=extent,
        count=sum(cell.count for cell in counts),
        cells=_cells(counts, extent, asked),
        across=[_tick(value, extent.x(value)) for value in _steps(extent.valence_from, extent.valence_to)],
        upwards=[_tick(value, extent.y(value)) for value in _steps(extent.arousal_from, extent.arousal_to)],
        regions=_regions(counts, asked),
        legend=legend(by_mood, asked),
    )


def legend(by_mood: Mapping[str, int], asked: LibraryFilter) -> list[LegendLine]:
    return [
        LegendLine(
            mark,
            by_mood.get(mark.key, 0),
            mark.key == asked.values.get("first"),
            asked.to_query(first=None if mark.key == asked.values.get("first") else mark.key),
        )
        for mark in markers_by_arousal()
    ]


def _cells(counts: Iterable[CellCount], extent: Extent, asked: LibraryFilter) -> list[Cell]:
    places: dict[tuple[float, float], Counter[str]] = {}
    for mood, valence, arousal, count in counts:
        places.setdefault((valence, arousal), Counter())[mood] += count
    most = max((sum(moods.values()) for moods in places.values()), default=1)
    size = 1 / CELLS_PER_UNIT
    # No mark is larger than its cell, and the area tells the number.
    largest = min(extent.x(size) - extent.x(0), extent.y(0) - extent.y(size), 60) / 20
    within = _Within(asked)
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
                mark=first,
                query=within.query(bounds),
                text=f"{songs_text(count)}, {'all' if moods[first.key] == count else 'most often'} {first.adjective}: "
                f"valence {valence:g} to {bounds[1]:g}, arousal {arousal:g} to {bounds[3]:g}",
            )
        )
    return cells


def _regions(counts: Sequence[CellCount], asked: LibraryFilter) -> list[Region]:
    """From the lively and unpleasant one row by row, as they lie in the plane."""
    within = _Within(asked)
    regions = []
    for key, title, pleasant, lively in (
        ("Q2", "Unpleasant and lively", False, True),
        ("Q1", "Pleasant and lively", True, True),
        ("Q3", "Unpleasant and quiet", False, False),
        ("Q4", "Pleasant and quiet", True, False),
    ):
        inside = [c for c in counts if (c.valence >= NEUTRAL) == pleasant and (c.arousal >= NEUTRAL) == lively]
        bounds = (*_half(pleasant), *_half(lively))
        moods = _by_mood(inside).most_common(NAMED_MOODS)
        regions.append(
            Region(
                key=key,
                title=title,
                words=ml_gateway.QUADRANT_WORDS[key],
                songs=songs_text(sum(cell.count for cell in inside)),
                moods=[(mood_markers()[mood], f"{count:,}") for mood, count in moods],
                query=within.query(bounds),
                bounds=" ".join(f"{bound:g}" for bound in bounds),
            )
        )
    return regions


class _Within:
    """The same question for parts of the plane; a bound of the scale itself asks for nothing."""

    def __init__(self, asked: LibraryFilter) -> None:
        self.asked = {name: asked.values.get(name) for name in BOUNDS}
        # Written once: for two hundred cells, to write all of it anew would take longer than to count their songs.
        self.rest = asked.to_query(**dict.fromkeys(BOUNDS))

    def query(self, bounds: tuple[float, float, float, float]) -> str:
        pairs = [self.rest] if self.rest else []
        for name, bound in zip(BOUNDS, bounds, strict=True):
            value = _narrower(self.asked[name], bound, max if name.endswith("_from") else min)
            if value is not None:
                pairs.append(f"{name}={value:g}")
        return "&".join(pairs)


def _narrower(asked: float | None, bound: float, choose: Callable[..., float]) -> float | None:
    if bound in (LEAST, MOST):
        return asked
    return bound if asked is None else choose(asked, bound)


def _half(upper: bool) -> tuple[float, float]:
    return (NEUTRAL, MOST) if upper else (LEAST, NEUTRAL)


def _span(lower_corners: Sequence[float]) -> tuple[float, float]:
    cell = 1 / CELLS_PER_UNIT
    # A cell of air on either side: a song's mark is larger than its place.
    low = math.floor((min(lower_corners) - cell) / STEP) * STEP
    high = math.ceil((max(lower_corners) + 2 * cell) / STEP) * STEP
    while high - low < LEAST_SPAN:
        low, high = max(low - STEP, LEAST), min(high + STEP, MOST)
    return max(low, LEAST), min(high, MOST)


def _steps(low: float, high: float) -> list[float]:
    step = STEP if high - low <= 4 else 1.0
    first = math.ceil(low / step)
    return [number * step for number in range(first, math.floor(high / step) + 1)]


def _tick(value: float, at: float) -> Tick:
    return Tick(at, f"{value:g}", value == NEUTRAL)


def _by_mood(counts: Iterable[CellCount]) -> Counter[str]:
    totals: Counter[str] = Counter()
    for cell in counts:
        totals[cell.mood] += cell.count
    return totals


def songs_text(count: int) -> str:
    return "1 song" if count == 1 else f"{count:,} songs"
