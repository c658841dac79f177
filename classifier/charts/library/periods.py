"""Weeks, months and years, in the time zone of the installation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format

MOST = 60
"""More bars side by side than this are not told apart; older ones are a link away."""


@dataclass(frozen=True)
class Unit:
    """A length of period: where the one that holds a day begins, and where the next one does."""

    key: str
    title: str
    start: Callable[[date], date]
    after: Callable[[date], date]
    name: str
    short: str

    def named(self, day: date) -> str:
        return self.name.format(date_format(day, {"week": "j F Y", "month": "F Y", "year": "Y"}[self.key]))

    def marked(self, day: date) -> str:
        return date_format(day, self.short)


UNITS = {
    unit.key: unit
    for unit in (
        Unit(
            "week",
            "Weeks",
            lambda day: day - timedelta(days=day.weekday()),
            lambda day: day + timedelta(days=7),
            "the week of {}",
            "j M",
        ),
        Unit(
            "month",
            "Months",
            lambda day: day.replace(day=1),
            lambda day: (day.replace(day=28) + timedelta(days=4)).replace(day=1),
            "{}",
            "M",
        ),
        Unit(
            "year",
            "Years",
            lambda day: day.replace(month=1, day=1),
            lambda day: day.replace(year=day.year + 1, month=1, day=1),
            "{}",
            "Y",
        ),
    )
}


@dataclass(frozen=True)
class Period:
    first_day: date
    last_day: date
    name: str
    mark: str


@dataclass(frozen=True)
class Timeline:
    """The periods that are shown, and the days to ask for where there are earlier or later ones."""

    unit: Unit
    periods: list[Period]
    earlier: date | None
    later: date | None

    @property
    def borders(self) -> list[datetime]:
        """Where each period begins, and where the last one ends."""
        days = [period.first_day for period in self.periods]
        return [_midnight(day) for day in (*days, self.periods[-1].last_day + timedelta(days=1))]


def timeline(first: date, last: date, *, by: str, until: str) -> Timeline:
    """`by` and `until` come from an address: what makes no sense there is as if it were left out."""
    unit = UNITS.get(by) or _fitting(first, last)
    end = min(max(_day(until) or last, first), last)
    starts = _starts(unit, first, end)
    shown = starts[-MOST:]
    # The next page ends as far behind this one as a page is long, or with the last song.
    behind = unit.after(shown[-1])
    pages_on = _starts(unit, behind, last)[:MOST] if behind <= last else []
    return Timeline(
        unit=unit,
        periods=[_period(unit, start) for start in shown],
        earlier=shown[0] - timedelta(days=1) if len(starts) > MOST else None,
        later=min(unit.after(pages_on[-1]) - timedelta(days=1), last) if pages_on else None,
    )


def _fitting(first: date, last: date) -> Unit:
    """The shortest periods of which all fit."""
    fitting = (unit for unit in UNITS.values() if len(_starts(unit, first, last)) <= MOST)
    return next(fitting, UNITS["year"])


def _starts(unit: Unit, first: date, last: date) -> list[date]:
    starts = [unit.start(first)]
    while (following := unit.after(starts[-1])) <= last:
        starts.append(following)
    return starts


def _period(unit: Unit, start: date) -> Period:
    last_day = unit.after(start) - timedelta(days=1)
    return Period(start, last_day, unit.named(start), unit.marked(start))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
