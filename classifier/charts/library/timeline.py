"""How a library grew: songs added in each period, stacked by mood, and how pleasant and lively they are."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from classifier import ml_gateway
from classifier.charts.library.mood_map import LegendLine, legend, songs_text
from classifier.charts.library.percentile_bands import Scale, Summary, scale
from classifier.charts.library.periods import UNITS, Period, Timeline
from classifier.charts.mood_markers import MoodMarker, mood_markers
from classifier.charts.number_text import percent
from classifier.library.filters import LibraryFilter
from classifier.library.mood_map import Addition

HEIGHT = 260
"""Of the stacks, in pixels; across, they are drawn in per cent."""
BREADTH = 0.8
"""The part of its room that a bar takes."""
MARK_ROOM, MARKED_BARS = 15, 30
"""A part carries its mood's shape where it is so high and the bars are so few."""
MARKS_ON_AXIS = 12


@dataclass(frozen=True)
class Part:
    """The songs of one mood in a bar. Places are texts, since a template takes its time to write out a number."""

    mark: MoodMarker
    count: int
    y: str
    height: str
    middle: str
    marked: bool
    query: str
    text: str


@dataclass(frozen=True)
class Bar:
    """A period."""

    period: Period
    count: int
    x: str
    width: str
    centre: str
    parts: list[Part]
    moods: list[tuple[MoodMarker, str]]
    query: str
    on_axis: bool
    year: str
    """Told under the first mark on the axis, and under the first one of each new year."""


@dataclass(frozen=True)
class Row:
    """A period as a line of the table, where the newest comes first."""

    bar: Bar
    valence: str
    arousal: str


@dataclass(frozen=True)
class Way:
    """Another length of period, or the periods before and after, as the query of a link."""

    title: str
    query: str
    chosen: bool = False


@dataclass(frozen=True)
class Growth:
    bars: list[Bar]
    rows: list[Row]
    height: int
    breadth: int
    steps: list[tuple[float, str]]
    scales: list[Scale]
    legend: list[LegendLine]
    units: list[Way]
    earlier: Way | None
    later: Way | None
    count: int
    words: str
    unit_name: str


def growth(songs: Sequence[Addition], line: Timeline, asked: LibraryFilter) -> Growth:
    periods: list[list[Addition]] = [[] for _ in line.periods]
    years = _years(line)
    for song in songs:
        periods[song.period].append(song)
    valence = [Summary.of(song.valence for song in period) for period in periods]
    arousal = [Summary.of(song.arousal for song in period) for period in periods]
    most = max(map(len, periods))
    step = _step(most)
    top = max(math.ceil(most / step), 1) * step
    whole = Counter(song.mood for song in songs)
    bars = [_bar(number, inside, line, top, asked, years) for number, inside in enumerate(periods)]
    texts = ([summary.text if summary else "" for summary in summaries] for summaries in (valence, arousal))
    return Growth(
        bars=bars,
        rows=[Row(*row) for row in zip(bars, *texts, strict=True)][::-1],
        height=HEIGHT,
        breadth=len(periods),
        steps=[(round(HEIGHT - HEIGHT * mark / top, 1), f"{mark:,}") for mark in range(step, top + 1, step)],
        scales=[
            scale("Pleasantness (valence)", "unpleasant", "pleasant", valence),
            scale("Energy (arousal)", "quiet", "lively", arousal),
        ],
        legend=legend(whole, asked),
        units=[_way(unit.title, asked, unit.key, None, line.unit.key) for unit in UNITS.values()],
        earlier=_way("Earlier", asked, line.unit.key, line.earlier) if line.earlier else None,
        later=_way("Later", asked, line.unit.key, line.later) if line.later else None,
        count=len(songs),
        words=_words(songs, whole, line),
        unit_name=line.unit.key,
    )


def _bar(
    number: int, songs: Sequence[Addition], line: Timeline, top: int, asked: LibraryFilter, years: Mapping[int, str]
) -> Bar:
    period, room = line.periods[number], 100 / len(line.periods)
    moods = Counter(song.mood for song in songs)
    query = _added(asked, period)
    parts, y = [], float(HEIGHT)
    # The quiet at the bottom, the lively on top, as on the map.
    for key in sorted(moods, key=lambda mood: ml_gateway.MOODS[mood].arousal):
        mark, height = mood_markers()[key], HEIGHT * moods[key] / top
        y -= height
        parts.append(
            Part(
                mark=mark,
                count=moods[key],
                y=f"{y:.1f}",
                height=f"{height:.1f}",
                middle=f"{y + height / 2:.1f}",
                marked=height >= MARK_ROOM and len(line.periods) <= MARKED_BARS,
                query=f"{query}&first={key}" if "first" not in asked.values else query,
                text=f"{_sentence(period.name)}: {moods[key]} of {len(songs)} {mark.adjective}",
            )
        )
    return Bar(
        period=period,
        count=len(songs),
        x=f"{(number + (1 - BREADTH) / 2) * room:.3f}%",
        width=f"{BREADTH * room:.3f}%",
        centre=f"{(number + 0.5) * room:.3f}%",
        parts=parts,
        moods=[(mood_markers()[key], f"{songs_of_it:,}") for key, songs_of_it in moods.most_common()],
        query=query,
        on_axis=number in years,
        year=years.get(number, ""),
    )


def _years(line: Timeline) -> dict[int, str]:
    """The periods that are told on the axis, and the year under each with which one begins."""
    told: dict[int, str] = {}
    before = 0
    for number in range(0, len(line.periods), math.ceil(len(line.periods) / MARKS_ON_AXIS)):
        year = line.periods[number].first_day.year
        told[number] = str(year) if year != before and line.unit.key != "year" else ""
        before = year
    return told


def _words(songs: Sequence[Addition], whole: Counter[str], line: Timeline) -> str:
    if not songs:
        return "No song was added in this time."
    [(key, songs_of_it)] = whole.most_common(1)
    first, last = line.periods[0].name, line.periods[-1].name
    when = f"In {first}" if first == last else f"From {first} to {last}"
    most = f"most often {mood_markers()[key].adjective} ({percent(songs_of_it / len(songs))} %)"
    return f"{when}, {songs_text(len(songs))} added: {most}."


def _way(title: str, asked: LibraryFilter, by: str, until: date | None, chosen: str = "") -> Way:
    pairs = [asked.to_query(), f"by={by}", f"until={until.isoformat()}" if until else ""]
    return Way(title, "&".join(pair for pair in pairs if pair), by == chosen)


def _added(asked: LibraryFilter, period: Period) -> str:
    """The question for the songs of a period."""
    first = max(asked.values.get("added_from") or period.first_day, period.first_day)
    last = min(asked.values.get("added_to") or period.last_day, period.last_day)
    return asked.to_query(added_from=first, added_to=last)


def _step(most: int) -> int:
    """1, 2, 5, 10, 20, 50 …: so large that no more than four of them reach to the highest bar."""
    return next(n * 10**power for power in count() for n in (1, 2, 5) if 4 * n * 10**power >= most)


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]
