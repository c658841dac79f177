"""Moods over time: the songs that a user added by week, month and year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from classifier.charts.library.percentile_bands import Quartiles
from classifier.charts.library.periods import MAX_PERIODS, PeriodRange, period_range
from classifier.charts.library.timeline import TimelineChart, timeline_chart
from classifier.library.filters import LibraryFilter
from classifier.library.mood_map import Additions, analysed_songs
from classifier.models import Person
from tests.pages.test_map_page import songs_at

MARCH = datetime(2026, 3, 10, 12, tzinfo=UTC)


def page(client: Client, **query: object) -> str:
    response = client.get(reverse("mood-time"), query)
    assert response.status_code == 200
    return response.content.decode()


def chart(person: Person, shown: PeriodRange, library_filter: LibraryFilter | None = None) -> TimelineChart:
    library_filter = library_filter or LibraryFilter()
    additions = Additions(analysed_songs(person, library_filter))
    return timeline_chart(additions.by_period(shown.borders), shown, library_filter)


def months(first: date, last: date, until: str = "") -> PeriodRange:
    return period_range(first, last, by="month", until=until)


def test_an_empty_library_explains_the_page(anna_client: Client) -> None:
    assert "the moods of the songs that you add" in page(anna_client)


def test_a_bar_stacks_the_songs_of_its_month_by_mood(anna: Person) -> None:
    songs_at(anna, [(6, 3), (6, 3), (7, 2)], when=MARCH)
    songs_at(anna, [(4, 6)], first="tense", second="sad", when=MARCH)
    [row] = chart(anna, months(MARCH.date(), MARCH.date())).rows
    bar = row.bar
    assert [(part.marker.key, part.count) for part in bar.parts] == [("calm", 3), ("tense", 1)]
    calm, tense = bar.parts
    assert float(calm.y) > float(tense.y)
    assert float(calm.height) == 3 * float(tense.height)
    assert tense.query == "added_from=2026-03-01&added_to=2026-03-31&first=tense"
    assert (row.valence, row.arousal) == ("6.0", "3.0")


def test_quartiles_need_four_songs() -> None:
    assert Quartiles.of([]) is None
    assert Quartiles.of([5, 1]) == (3, 3, 3)
    assert Quartiles.of([8, 1, 7, 2, 6, 3, 5, 4]) == (3, 4.5, 6)


def test_a_month_without_songs_stays_on_the_axis_and_breaks_the_line(anna: Person) -> None:
    songs_at(anna, [(6, 3)], when=MARCH)
    songs_at(anna, [(4, 6), (5, 6)], when=MARCH + timedelta(days=61))
    shown_periods = chart(anna, months(date(2026, 3, 1), date(2026, 5, 31)))
    assert [(row.bar.period.name, row.bar.count, row.valence) for row in shown_periods.rows] == [
        ("May 2026", 2, "4.5"),
        ("April 2026", 0, ""),
        ("March 2026", 1, "6.0"),
    ]
    assert [len(period_page.split()) for period_page in shown_periods.bands[0].lines] == [1, 1]


def test_periods_follow_the_time_zone_of_the_installation(anna: Person) -> None:
    """The last evening of March is the first of April further east."""
    songs_at(anna, [(6, 3)], when=datetime(2026, 3, 31, 23, 30, tzinfo=UTC))
    spring = (date(2026, 3, 1), date(2026, 4, 30))
    assert [bar.count for bar in chart(anna, months(*spring)).bars] == [1, 0]
    with override_settings(TIME_ZONE="Europe/Athens"):
        assert [bar.count for bar in chart(anna, months(*spring)).bars] == [0, 1]


@pytest.mark.parametrize(
    ("days", "unit"), [(0, "week"), (300, "week"), (500, "month"), (1500, "month"), (4000, "year"), (40_000, "year")]
)
def test_the_default_unit_is_the_shortest_that_fits(days: int, unit: str) -> None:
    last = date(2026, 11, 20)
    period_page = period_range(last - timedelta(days=days), last, by="", until="")
    assert period_page.unit.key == unit
    assert len(period_page.periods) <= MAX_PERIODS


def test_periods_have_no_gaps() -> None:
    for by in ("week", "month", "year"):
        periods = period_range(date(2023, 12, 30), date(2026, 2, 28), by=by, until="").periods
        assert periods[-1].last_day >= date(2026, 2, 28)
        for before, after in pairwise(periods):
            assert after.first_day - before.last_day == timedelta(days=1)


def test_paging_back_and_forth_shows_every_week_once() -> None:
    first, last = date(2022, 1, 5), date(2026, 11, 20)
    period_page = period_range(first, last, by="week", until="")
    assert period_page.later is None
    shown_periods = list(period_page.periods)
    while period_page.earlier:
        period_page = period_range(first, last, by="week", until=period_page.earlier.isoformat())
        shown_periods = period_page.periods + shown_periods
    assert shown_periods[0].first_day <= first
    assert [period.first_day for period in shown_periods] == sorted({period.first_day for period in shown_periods})
    while period_page.later:
        period_page = period_range(first, last, by="week", until=period_page.later.isoformat())
    assert period_page.periods[-1].last_day >= last


@pytest.mark.parametrize("until", ["yesterday", "2026-13-45", "0001-01-01", "9999-12-31"])
def test_an_invalid_last_day_is_ignored(anna: Person, anna_client: Client, until: str) -> None:
    songs_at(anna, [(6, 3)], when=MARCH)
    assert "1 song added" in page(anna_client, until=until, by="fortnight")


def test_the_chart_is_also_a_sentence_and_a_table(anna: Person, anna_client: Client) -> None:
    songs_at(anna, [(6, 3), (7, 2)], when=MARCH)
    songs_at(anna, [(4, 6)], first="tense", second="sad", when=MARCH + timedelta(days=31))
    html = page(anna_client, by="month")
    assert "From March 2026 to April 2026: 3 songs added, most often Calm (67 %)" in html
    table = html[html.index("<tbody>") : html.index("</tbody>")]
    assert table.index("April 2026") < table.index("March 2026")
    assert 'href="/songs/?added_from=2026-03-01&amp;added_to=2026-03-31"' in table
    assert "Tense" in table


def test_a_filter_applies_to_bars_and_links(anna: Person, anna_client: Client) -> None:
    songs_at(anna, [(6, 3)], when=MARCH)
    songs_at(anna, [(4, 6)], first="tense", second="sad", when=MARCH)
    html = page(anna_client, mood="sad", added_from="2026-03-10")
    assert "1 of 2 songs" in html
    assert "mood=sad&amp;added_from=2026-03-10&amp;added_to=" in html


def test_users_see_only_their_own_songs(anna: Person, boris_client: Client) -> None:
    songs_at(anna, [(6, 3)])
    assert "the moods of the songs that you add" in page(boris_client)


def test_many_songs_take_as_many_queries_as_one(
    anna: Person, anna_client: Client, django_assert_num_queries: Callable[[int], Any]
) -> None:
    songs_at(anna, [(6, 3)], when=MARCH)
    for days in (1, 400):
        songs_at(anna, [(5, 5)] * 60, when=MARCH - timedelta(days=days))
        # Session, user, songs, sources.
        with django_assert_num_queries(4):
            page(anna_client)
        # Also the parts of the search index, and the number of all songs.
        with django_assert_num_queries(6):
            page(anna_client, q="piece")


@pytest.mark.parametrize("year", [1, 9999])
def test_songs_added_while_the_clock_was_wrong_by_centuries_are_left_out(
    anna: Person, anna_client: Client, year: int
) -> None:
    songs_at(anna, [(6, 3)], when=datetime(year, 12, 31, 12, tzinfo=UTC))
    for by in ("week", "month", "year"):
        assert anna_client.get(reverse("mood-time"), {"by": by}).status_code == 200
    songs_at(anna, [(6, 3)], when=MARCH)
    assert "1 song added" in page(anna_client, by="week")
