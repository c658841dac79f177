"""The hours and the share of a source decide when its songs are analysed, and how many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from classifier.jobs.lease import next_song_claim
from classifier.models import SERVED_QUEUES, Person, Queue, Song, Source
from classifier.sources.pacing import MIN_BATCH, is_within_hours, songs_release, worker_processes
from tests.classifier.test_pacing import NOW, analyse, answer_with, finish, in_bulk
from tests.source_songs import add_songs, add_source

BERLIN = ZoneInfo("Europe/Berlin")


# --- Hours ------------------------------------------------------------------------------------------------------------


def berlin(*when: int) -> datetime:
    return datetime(*when, tzinfo=BERLIN)  # type: ignore[arg-type,misc]


@pytest.fixture
def night(anna: Person, settings: Any) -> Source:
    """A library that is analysed from 22 to 6 o'clock."""
    settings.TIME_ZONE = "Europe/Berlin"
    return add_source(anna, hours_from=22, hours_to=6)


@pytest.mark.parametrize(
    ("start", "end", "hour", "within"),
    [
        (0, 0, 13, True),
        (9, 9, 3, True),
        (9, 17, 9, True),
        (9, 17, 16, True),
        (9, 17, 17, False),
        (9, 17, 8, False),
        (22, 6, 23, True),
        (22, 6, 5, True),
        (22, 6, 6, False),
        (22, 6, 21, False),
        (22, 0, 23, True),
        (22, 0, 0, False),
    ],
)
def test_hours_are_those_of_the_wall_clock(
    settings: Any, anna: Person, start: int, end: int, hour: int, within: bool
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    source = Source(owner=anna, hours_from=start, hours_to=end)
    assert is_within_hours(source, berlin(2026, 7, 1, hour, 30)) is within


def test_a_library_that_pauses_over_the_day_goes_on_in_the_evening(night: Source) -> None:
    add_songs(night, 30)
    clock = berlin(2026, 7, 1, 5, 0)
    analysed_at = []
    while clock < berlin(2026, 7, 2, 1, 0):
        songs_release(clock)
        if analyse(clock):
            analysed_at.append(clock.astimezone(BERLIN).hour)
        clock += timedelta(minutes=10)
    assert analysed_at == [5] * 6 + [22] * 6 + [23] * 6 + [0] * 6
    assert in_bulk() + Song.objects.waiting_in(Queue.HELD).count() == 30 - 24


def test_what_waits_at_the_end_of_the_hours_is_taken_back(night: Source) -> None:
    add_songs(night, 10)
    songs_release(berlin(2026, 7, 1, 5, 59))
    assert in_bulk() == MIN_BATCH
    songs_release(berlin(2026, 7, 1, 6, 0))
    assert in_bulk() == 0


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 28), 7), ((2026, 10, 24), 9), ((2026, 7, 1), 8)])
def test_the_night_on_which_the_clock_changes_is_an_hour_shorter_or_longer(
    night: Source, day: tuple[int, int, int], hours: int
) -> None:
    start = berlin(*day, 12, 0).astimezone(UTC)
    moments = [start + timedelta(minutes=30 * step) for step in range(48)]
    assert sum(is_within_hours(night, moment) for moment in moments) == 2 * hours


def test_a_clock_that_is_set_back_by_a_day_stops_nothing(anna: Person) -> None:
    source = add_source(anna, share=50)
    add_songs(source, 20)
    for step in range(4):
        songs_release(NOW + timedelta(seconds=30 * step))
        analyse(NOW + timedelta(seconds=30 * step))
    earlier = NOW - timedelta(days=1)
    songs_release(earlier)
    assert analyse(earlier) is not None


# --- Share ------------------------------------------------------------------------------------------------------------


def test_half_of_two_processes_is_one_song_at_a_time(anna: Person) -> None:
    answer_with(processes=2)
    add_songs(add_source(anna, share=50), 10)
    assert songs_release(NOW) == 1
    song = next_song_claim(queues=SERVED_QUEUES, now=NOW)
    assert song
    assert songs_release(NOW) == 0
    finish(song, NOW + timedelta(seconds=10))
    assert songs_release(NOW + timedelta(seconds=10)) == 1


@pytest.mark.parametrize(("share", "processes"), [(25, 1), (50, 2), (30, 2)])
@pytest.mark.usefixtures("patient_presence")
def test_a_source_takes_its_share_of_the_workers_time(anna: Person, share: int, processes: int) -> None:
    answer_with(processes, now=NOW)
    add_songs(add_source(anna, share=share), 60)
    running: list[tuple[datetime, Song]] = []
    busy_s = 0
    clock, minutes = NOW, 15
    while clock < NOW + timedelta(minutes=minutes):
        for end, song in [one for one in running if one[0] <= clock]:
            finish(song, end)
            running.remove((end, song))
        songs_release(clock)
        while len(running) < processes and (song := next_song_claim(queues=SERVED_QUEUES, now=clock)):
            running.append((clock + timedelta(seconds=20), song))
        busy_s += 10 * len(running)
        clock += timedelta(seconds=10)
    assert busy_s / (60 * minutes * processes) == pytest.approx(share / 100, abs=0.1)


def test_a_source_with_a_share_does_not_slow_down_another_one(anna: Person) -> None:
    slow, fast = add_source(anna, "Slow", share=10), add_source(anna, "Fast")
    add_songs(slow, 10)
    add_songs(fast, 20)
    songs_release(NOW)
    assert (in_bulk(slow), in_bulk(fast)) == (1, MIN_BATCH - 1)


def test_where_no_worker_answers_one_of_this_machine_is_expected(anna: Person, settings: Any) -> None:
    settings.CELERY_WORKER_CONCURRENCY = 3
    assert worker_processes(NOW) == 3
    answer_with(processes=2)
    assert worker_processes(NOW) == 2
