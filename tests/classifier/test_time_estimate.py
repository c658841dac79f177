"""How long songs still take."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from classifier.jobs.analyse import song_analyse
from classifier.jobs.time_estimate import time_estimate
from classifier.models import Analysis, Person, QueueTurn, Song, Status, WorkerPresence
from classifier.views.queue_summary import Underway, left_text
from tests.classifier.conftest import Submit
from tests.classifier.fake_analysis import FakeAnalyser

NOW = timezone.now()


@pytest.fixture
def workers(db: None) -> Any:
    def workers(count: int = 1) -> None:
        for number in range(count):
            WorkerPresence.objects.create(name=f"{number}@here", started_at=NOW, seen_at=NOW)

    return workers


def analysed(submit: Submit, mark: int, name: str, *, seconds: float, size_bytes: int, segments: int) -> None:
    """A song whose analysis took so long."""
    song = submit(mark, name=name)
    song_analyse(song_id=song.id)
    Song.objects.filter(id=song.id).update(
        size_bytes=size_bytes, segments_total=segments, started_at=NOW - timedelta(seconds=seconds), finished_at=NOW
    )


def queued(submit: Submit, mark: int, name: str, *, size_bytes: int, owner: Person | None = None) -> Song:
    song = submit(mark, name=name, **({"owner": owner} if owner else {}))
    Song.objects.filter(id=song.id).update(size_bytes=size_bytes)
    return song


def running_since(song: Song, *, segments: int, since: datetime) -> None:
    Song.objects.filter(id=song.id).update(
        status=Status.RUNNING, lease_token=song.id, lease_expires_at=NOW, started_at=since, segments_total=segments
    )


def test_songs_wait_for_those_before_them_at_the_measured_speed(
    analyser: FakeAnalyser, submit: Submit, workers: Any
) -> None:
    analysed(submit, 1, "a.mp3", seconds=10, size_bytes=1000, segments=40)
    workers()
    running = queued(submit, 2, "b.mp3", size_bytes=5000)
    running_since(running, segments=80, since=NOW - timedelta(seconds=5))
    first = queued(submit, 3, "c.mp3", size_bytes=2000)
    second = queued(submit, 4, "d.mp3", size_bytes=500)

    estimate = time_estimate(now=NOW)

    # A segment took a quarter of a second, a byte a hundredth.
    assert estimate.remaining_s == pytest.approx({running.id: 15, first.id: 35, second.id: 40})
    assert estimate.positions == {first.id: 1, second.id: 2}


def test_each_file_type_has_its_own_speed_per_byte(analyser: FakeAnalyser, submit: Submit, workers: Any) -> None:
    analysed(submit, 1, "a.mp3", seconds=10, size_bytes=1000, segments=40)
    analysed(submit, 2, "b.WAV", seconds=20, size_bytes=20_000, segments=80)
    workers()
    plain = queued(submit, 3, "c.wav", size_bytes=10_000)
    unknown = queued(submit, 4, "d.opus", size_bytes=77)
    assert time_estimate(now=NOW).remaining_s == pytest.approx({plain.id: 10, unknown.id: 10 + 15})


def test_a_worker_with_two_processes_counts_twice(
    analyser: FakeAnalyser, submit: Submit, workers: Any, settings: Any
) -> None:
    settings.CELERY_WORKER_CONCURRENCY = 2
    analysed(submit, 1, "a.mp3", seconds=10, size_bytes=1000, segments=40)
    workers()
    one, other = (queued(submit, mark, f"{mark}.mp3", size_bytes=500) for mark in (2, 3))
    assert time_estimate(now=NOW).remaining_s == pytest.approx({one.id: 5, other.id: 5})


def test_two_workers_share_the_queue(analyser: FakeAnalyser, submit: Submit, workers: Any) -> None:
    analysed(submit, 1, "a.mp3", seconds=10, size_bytes=1000, segments=40)
    workers(2)
    songs = [queued(submit, mark, f"{mark}.mp3", size_bytes=1000) for mark in range(2, 5)]
    assert list(time_estimate(now=NOW).remaining_s.values()) == pytest.approx([10, 10, 20])
    assert len(songs) == 3


def test_a_song_that_takes_longer_than_estimated_is_nearly_done(
    analyser: FakeAnalyser, submit: Submit, workers: Any
) -> None:
    analysed(submit, 1, "a.mp3", seconds=10, size_bytes=1000, segments=40)
    workers()
    slow = queued(submit, 2, "b.mp3", size_bytes=1000)
    running_since(slow, segments=40, since=NOW - timedelta(minutes=3))
    assert time_estimate(now=NOW).remaining_s == {slow.id: 1}


def test_there_is_no_estimate_without_a_worker_or_a_measurement(
    analyser: FakeAnalyser, submit: Submit, workers: Any
) -> None:
    queued(submit, 1, "a.mp3", size_bytes=1000)
    workers()
    assert time_estimate(now=NOW).remaining_s == {}
    song_analyse(song_id=Song.objects.get().id)
    queued(submit, 2, "b.mp3", size_bytes=1000)
    assert time_estimate(now=NOW).remaining_s != {}
    WorkerPresence.objects.all().delete()
    assert time_estimate(now=NOW).remaining_s == {}


def test_the_summary_covers_all_songs_of_a_user(
    analyser: FakeAnalyser, submit: Submit, workers: Any, anna: Person, boris: Person
) -> None:
    analysed(submit, 1, "a.mp3", seconds=60, size_bytes=1000, segments=40)
    workers()
    running_since(queued(submit, 2, "b.mp3", size_bytes=1000), segments=40, since=NOW)
    queued(submit, 3, "c.mp3", size_bytes=1000, owner=boris)
    queued(submit, 4, "d.mp3", size_bytes=1000)
    QueueTurn.objects.create(owner=anna, turn=1)
    estimate = time_estimate(now=NOW)
    assert Underway.of(anna, estimate).text == "Analysing 1 song, 1 queued, about 3 minutes left."
    assert Underway.of(boris, estimate).text == "1 song queued, about 2 minutes left."


def test_songs_beyond_the_listed_ones_add_to_the_estimate(
    analyser: FakeAnalyser, submit: Submit, workers: Any, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.jobs.time_estimate.MAX_QUEUED", 2)
    analysed(submit, 1, "a.mp3", seconds=10, size_bytes=1000, segments=40)
    workers()
    for mark in range(2, 7):
        queued(submit, mark, f"{mark}.mp3", size_bytes=1000)
    estimate = time_estimate(now=NOW)
    assert estimate.queued_count(anna) == 5
    assert estimate.remaining_s_for(anna) == pytest.approx(50)


def test_there_is_no_summary_without_unfinished_songs(anna: Person) -> None:
    nothing = Underway.of(anna, time_estimate(now=NOW))
    assert (nothing.count, nothing.text) == (0, "")
    assert not Analysis.objects.exists()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (3, "a few seconds left"),
        (12, "about 10 seconds left"),
        (54, "about 50 seconds left"),
        (58, "about 1 minute left"),
        (400, "about 7 minutes left"),
        (3600, "about 1 hour left"),
        (9000, "about 2.5 hours left"),
    ],
)
def test_the_remaining_time_is_rounded(seconds: float | None, text: str) -> None:
    assert left_text(seconds) == text
