"""Weeks, months and years, in the time zone of the installation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop

MAX_PERIODS = 60
"""More bars side by side are too narrow; older periods are a link away."""


@dataclass(frozen=True)
class Unit:
    """A length of period: where the period of a day starts, and where the next one does."""

    key: str
    title: str
    start: Callable[[date], date]
    after: Callable[[date], date]
    name_pattern: str
    name_format: str
    tick_format: str

    def name(self, day: date) -> str:
        return gettext(self.name_pattern) % {"date": date_format(day, gettext(self.name_format))}

    def tick(self, day: date) -> str:
        return date_format(day, gettext(self.tick_format))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


UNITS = {
    unit.key: unit
    for unit in (
        Unit(
            "week",
            gettext_noop("Weeks"),
            _monday,
            lambda day: day + timedelta(days=7),
            gettext_noop("the week of %(date)s"),
            gettext_noop("j F Y"),
            gettext_noop("j M"),
        ),
        Unit("month", gettext_noop("Months"), lambda day: day.replace(day=1), _next_month, "%(date)s", "F Y", "M"),
        Unit(
            "year",
            gettext_noop("Years"),
            lambda day: day.replace(month=1, day=1),
            lambda day: day.replace(year=day.year + 1, month=1, day=1),
            "%(date)s",
            "Y",
            "Y",
        ),
    )
}


@dataclass(frozen=True)
class Period:
    first_day: date
    last_day: date
    name: str
    tick: str


@dataclass(frozen=True)
class PeriodRange:
    """The periods that are shown, and the last days of the ranges before and after, where there are any."""

    unit: Unit
    periods: list[Period]
    earlier: date | None
    later: date | None

    @property
    def borders(self) -> list[datetime]:
        """Where each period starts, and where the last one ends."""
        days = [period.first_day for period in self.periods]
        return [_midnight(day) for day in (*days, self.periods[-1].last_day + timedelta(days=1))]


def period_range(first: date, last: date, *, by: str, until: str) -> PeriodRange:
    """`by` and `until` come from an address: invalid values are ignored."""
    unit = UNITS.get(by) or _shortest_unit(first, last)
    end = min(max(_day(until) or last, first), last)
    starts = _starts(unit, first, end)
    shown = starts[-MAX_PERIODS:]
    # The next page ends one full page after this one, or with the last song.
    following = unit.after(shown[-1])
    next_starts = _starts(unit, following, last)[:MAX_PERIODS] if following <= last else []
    return PeriodRange(
        unit=unit,
        periods=[_period(unit, start) for start in shown],
        earlier=shown[0] - timedelta(days=1) if len(starts) > MAX_PERIODS else None,
        later=min(unit.after(next_starts[-1]) - timedelta(days=1), last) if next_starts else None,
    )


def _shortest_unit(first: date, last: date) -> Unit:
    """The shortest unit whose periods all fit."""
    fitting = (unit for unit in UNITS.values() if len(_starts(unit, first, last)) <= MAX_PERIODS)
    return next(fitting, UNITS["year"])


def _starts(unit: Unit, first: date, last: date) -> list[date]:
    starts = [unit.start(first)]
    while (following := unit.after(starts[-1])) <= last:
        starts.append(following)
    return starts


def _period(unit: Unit, start: date) -> Period:
    last_day = unit.after(start) - timedelta(days=1)
    return Period(start, last_day, unit.name(start), unit.tick(start))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
