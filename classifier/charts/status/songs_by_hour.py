"""Songs that were analysed or failed in each hour of the last day, as bars."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from classifier.charts.primitives import Tick, percent_of
from classifier.localized import grouped

HOURS = 24
HEIGHT = 120
"""Of the bars in pixels; widths are in per cent."""
BAR_SHARE = 0.7
TICK_EVERY = 6


@dataclass(frozen=True)
class HourBar:
    """`failed` is the lower part of the bar."""

    hour: str
    done: int
    failed: int
    x: str
    width: str
    done_y: float
    done_height: float
    failed_y: float
    failed_height: float

    @property
    def text(self) -> str:
        values = {"hour": self.hour, "done": grouped(self.done), "failed": grouped(self.failed)}
        if self.failed:
            return gettext("%(hour)s: %(done)s analysed, %(failed)s failed") % values
        return gettext("%(hour)s: %(done)s analysed") % values


@dataclass(frozen=True)
class SongsByHour:
    bars: list[HourBar]
    ticks: list[Tick]
    height: int
    highest: str
    """The label of the top of the axis."""
    done: int
    failed: int

    @property
    def summary(self) -> str:
        if not self.done and not self.failed:
            return gettext("No songs were analysed in the last 24 hours.")
        values = {"done": grouped(self.done), "failed": grouped(self.failed)}
        if not self.failed:
            return (
                ngettext(
                    "%(done)s song was analysed in the last 24 hours.",
                    "%(done)s songs were analysed in the last 24 hours.",
                    self.done,
                )
                % values
            )
        return (
            ngettext(
                "%(done)s song was analysed in the last 24 hours, and %(failed)s failed.",
                "%(done)s songs were analysed in the last 24 hours, and %(failed)s failed.",
                self.done,
            )
            % values
        )


def songs_by_hour(ended: Mapping[int, Mapping[str, int]], *, period_s: int, now: datetime) -> SongsByHour:
    """`ended`: by the number of a period of this length, the number of songs that are `done` and `failed`."""
    last = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    hours = [last - timedelta(hours=HOURS - 1 - number) for number in range(HOURS)]
    numbers = {hour: {"done": 0, "failed": 0} for hour in hours}
    for period, by_outcome in ended.items():
        moment = datetime.fromtimestamp(period * period_s, tz=last.tzinfo)
        hour = next((hour for hour in hours if hour <= moment < hour + timedelta(hours=1)), None)
        if hour is not None:
            for outcome, number in by_outcome.items():
                numbers[hour][outcome] += number
    top = _top(max(sum(outcomes.values()) for outcomes in numbers.values()))
    return SongsByHour(
        bars=[_bar(number, hour, numbers[hour], top) for number, hour in enumerate(hours)],
        ticks=[
            Tick(percent_of(number + 0.5, HOURS), f"{hours[number]:%H:%M}") for number in range(0, HOURS, TICK_EVERY)
        ],
        height=HEIGHT,
        highest=grouped(top),
        done=sum(outcomes["done"] for outcomes in numbers.values()),
        failed=sum(outcomes["failed"] for outcomes in numbers.values()),
    )


def _bar(number: int, hour: datetime, outcomes: Mapping[str, int], top: int) -> HourBar:
    done_height, failed_height = (round(HEIGHT * outcomes[name] / top, 1) for name in ("done", "failed"))
    return HourBar(
        hour=f"{hour:%H:%M}",
        done=outcomes["done"],
        failed=outcomes["failed"],
        x=percent_of(number + (1 - BAR_SHARE) / 2, HOURS),
        width=percent_of(BAR_SHARE, HOURS),
        done_y=round(HEIGHT - failed_height - done_height, 1),
        done_height=done_height,
        failed_y=round(HEIGHT - failed_height, 1),
        failed_height=failed_height,
    )


def _top(most: int) -> int:
    """1, 2, 5, 10, 20, 50 …: the first that the highest bar does not exceed."""
    return next(n * 10**power for power in count() for n in (1, 2, 5) if n * 10**power >= max(math.ceil(most), 1))
