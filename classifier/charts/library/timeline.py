"""Songs added in each period: bars stacked by mood, and how pleasant and lively the songs are."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.charts.library.mood_map import LegendItem, legend
from classifier.charts.library.percentile_bands import BandChart, Quartiles, band_chart
from classifier.charts.library.periods import UNITS, Period, PeriodRange
from classifier.charts.mood_markers import MoodMarker, mood_markers
from classifier.charts.number_text import percent
from classifier.library.filters import LibraryFilter
from classifier.library.mood_map import SongsByPeriod
from classifier.localized import grouped, songs_text

HEIGHT = 260
"""Height of the bars in pixels; widths are in per cent."""
BAR_WIDTH, MAX_BAR_WIDTH = 0.8, 12.0
"""Share of a period's width that its bar takes, and the width of a bar in per cent of the chart at most."""
MIN_MARKER_HEIGHT, MAX_BARS_WITH_MARKERS = 15, 30
"""A part of a bar carries its mood's marker if it is this high and there are no more bars than this."""
MAX_TICKS = 12


@dataclass(frozen=True)
class BarPart:
    """The songs of one mood in a bar. Coordinates are text: templates are slow at formatting numbers."""

    marker: MoodMarker
    count: int
    y: str
    height: str
    middle: str
    has_marker: bool
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
    parts: list[BarPart]
    moods: list[tuple[MoodMarker, str]]
    query: str
    has_tick: bool
    year: str
    """Shown below the first tick, and below the first one of each year."""


@dataclass(frozen=True)
class TableRow:
    """A period in the table, where the newest comes first."""

    bar: Bar
    valence: str
    arousal: str


@dataclass(frozen=True)
class PeriodLink:
    """The query of a link to another length of period, or to earlier or later periods."""

    title: str
    query: str
    active: bool = False


@dataclass(frozen=True)
class TimelineChart:
    bars: list[Bar]
    rows: list[TableRow]
    height: int
    periods: int
    grid: list[tuple[float, str]]
    bands: list[BandChart]
    legend: list[LegendItem]
    units: list[PeriodLink]
    earlier: PeriodLink | None
    later: PeriodLink | None
    count: int
    summary: str
    unit_name: str


def timeline_chart(
    periods: Sequence[SongsByPeriod], shown: PeriodRange, library_filter: LibraryFilter
) -> TimelineChart:
    """`periods` has the songs of each period that is shown."""
    valence = [Quartiles.of(period.valence) for period in periods]
    arousal = [Quartiles.of(period.arousal) for period in periods]
    most = max(len(period.moods) for period in periods)
    step = _grid_step(most)
    top = max(math.ceil(most / step), 1) * step
    counts = [Counter(period.moods) for period in periods]
    moods = sum(counts, Counter[str]())
    years = _years(shown)
    bars = [_bar(number, period, shown, top, library_filter, years) for number, period in enumerate(counts)]
    texts = ([period.text if period else "" for period in quartiles] for quartiles in (valence, arousal))
    return TimelineChart(
        bars=bars,
        rows=[TableRow(*row) for row in zip(bars, *texts, strict=True)][::-1],
        height=HEIGHT,
        periods=len(periods),
        grid=[(round(HEIGHT - HEIGHT * value / top, 1), grouped(value)) for value in range(step, top + 1, step)],
        bands=[
            band_chart(gettext("Valence (how pleasant)"), gettext("unpleasant"), gettext("pleasant"), valence),
            band_chart(gettext("Arousal (how lively)"), gettext("quiet"), gettext("lively"), arousal),
        ],
        legend=legend(moods, library_filter),
        units=[
            _link(gettext(unit.title), library_filter, unit.key, active=unit == shown.unit) for unit in UNITS.values()
        ],
        earlier=_link(gettext("Earlier"), library_filter, shown.unit.key, shown.earlier) if shown.earlier else None,
        later=_link(gettext("Later"), library_filter, shown.unit.key, shown.later) if shown.later else None,
        count=moods.total(),
        summary=_summary(moods, shown),
        unit_name=shown.unit.key,
    )


def _bar(
    number: int,
    moods: Counter[str],
    shown: PeriodRange,
    top: int,
    library_filter: LibraryFilter,
    years: Mapping[int, str],
) -> Bar:
    period, width = shown.periods[number], 100 / len(shown.periods)
    centre, bar_width = (number + 0.5) * width, min(BAR_WIDTH * width, MAX_BAR_WIDTH)
    songs = moods.total()
    query = _period_query(library_filter, period)
    parts, y = [], float(HEIGHT)
    # From quiet at the bottom to lively on top, as on the map.
    for key in sorted(moods, key=lambda mood: ml_gateway.MOODS[mood].arousal):
        marker, height = mood_markers()[key], HEIGHT * moods[key] / top
        y -= height
        parts.append(
            BarPart(
                marker=marker,
                count=moods[key],
                y=f"{y:.1f}",
                height=f"{height:.1f}",
                middle=f"{y + height / 2:.1f}",
                has_marker=height >= MIN_MARKER_HEIGHT and len(shown.periods) <= MAX_BARS_WITH_MARKERS,
                query=f"{query}&first={key}" if "first" not in library_filter.values else query,
                text=gettext("%(period)s: %(count)s of %(songs)s %(mood)s")
                % {
                    "period": _capitalised(period.name),
                    "count": moods[key],
                    "songs": songs,
                    "mood": marker.adjective,
                },
            )
        )
    return Bar(
        period=period,
        count=songs,
        x=f"{centre - bar_width / 2:.3f}%",
        width=f"{bar_width:.3f}%",
        centre=f"{centre:.3f}%",
        parts=parts,
        moods=[(mood_markers()[key], grouped(mood_count)) for key, mood_count in moods.most_common()],
        query=query,
        has_tick=number in years,
        year=years.get(number, ""),
    )


def _years(shown: PeriodRange) -> dict[int, str]:
    """The periods that have a tick on the axis, and the year below each tick that starts one."""
    years: dict[int, str] = {}
    previous = 0
    for number in range(0, len(shown.periods), math.ceil(len(shown.periods) / MAX_TICKS)):
        year = shown.periods[number].first_day.year
        years[number] = str(year) if year != previous and shown.unit.key != "year" else ""
        previous = year
    return years


def _summary(moods: Counter[str], shown: PeriodRange) -> str:
    songs = moods.total()
    if not songs:
        return gettext("No songs were added in these periods.")
    [(key, mood_count)] = moods.most_common(1)
    values = {
        "first": shown.periods[0].name,
        "last": shown.periods[-1].name,
        "songs": songs_text(songs),
        "mood": mood_markers()[key].adjective,
        "percent": percent(mood_count / songs),
    }
    if values["first"] == values["last"]:
        return gettext("In %(first)s: %(songs)s added, most often %(mood)s (%(percent)s %%).") % values
    return gettext("From %(first)s to %(last)s: %(songs)s added, most often %(mood)s (%(percent)s %%).") % values


def _link(
    title: str, library_filter: LibraryFilter, by: str, until: date | None = None, *, active: bool = False
) -> PeriodLink:
    pairs = [library_filter.to_query(), f"by={by}", f"until={until.isoformat()}" if until else ""]
    return PeriodLink(title, "&".join(pair for pair in pairs if pair), active)


def _period_query(library_filter: LibraryFilter, period: Period) -> str:
    """The query for the songs of a period."""
    first = max(library_filter.values.get("added_from") or period.first_day, period.first_day)
    last = min(library_filter.values.get("added_to") or period.last_day, period.last_day)
    return library_filter.to_query(added_from=first, added_to=last)


def _grid_step(most: int) -> int:
    """1, 2, 5, 10, 20, 50 …: at most four of them reach the highest bar."""
    return next(n * 10**power for power in count() for n in (1, 2, 5) if 4 * n * 10**power >= most)


def _capitalised(text: str) -> str:
    return text[0].upper() + text[1:]
