"""Users take turns, and single songs come before long lists."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from classifier.jobs.analyse import leased_song_analyse
from classifier.jobs.analysis_subprocess import next_song_analyse
from classifier.jobs.fair_order import INTERACTIVE_SONGS, queue_for
from classifier.jobs.lease import next_song_claim, song_give_back
from classifier.jobs.time_estimate import time_estimate
from classifier.models import Person, Queue, QueueTurn, Song, Status
from classifier.services.bulk import songs_cancel, songs_rerun
from classifier.services.song_retry import song_retry
from classifier.services.song_submit import song_submit
from mmc.celery import app, select_queues
from mmc.queues import QUEUES
from tests.classifier.conftest import Submit
from tests.classifier.fake_analysis import FakeAnalyser, upload

ALL = tuple(Queue)
Wait = Callable[..., list[Song]]


@pytest.fixture
def wait(db: None) -> Wait:
    """Adds queued songs of a user, named a1, a2 and so on after the user, without files."""
    numbers: dict[str, int] = {}

    def wait(owner: Person, count: int = 1, queue: str = "") -> list[Song]:
        songs = []
        for _ in range(count):
            name = f"{owner.username[0]}{numbers.setdefault(owner.username, 0) + 1}"
            numbers[owner.username] += 1
            songs.append(
                Song.objects.create(
                    owner=owner,
                    queue=queue or queue_for(owner),
                    file=name,
                    file_name=name,
                    sha256=name.zfill(64),
                    size_bytes=1,
                    created_at=timezone.now(),
                )
            )
        return songs

    return wait


def claim(*queues: str) -> str:
    """The name of the song that a free worker takes."""
    song = next_song_claim(queues=queues or ALL, now=timezone.now())
    return song.file_name if song else ""


def claims(count: int) -> str:
    return " ".join(claim() for _ in range(count))


def test_one_song_does_not_wait_for_the_three_hundred_of_somebody_else(wait: Wait, anna: Person, boris: Person) -> None:
    wait(anna, 300)
    claims(3)
    wait(boris)
    assert "b1" in claims(2).split()


@pytest.mark.parametrize("taken", range(8))
def test_that_holds_at_every_moment(wait: Wait, anna: Person, boris: Person, taken: int) -> None:
    wait(anna, 30)
    wait(boris, 30, Queue.BULK)
    claims(taken)
    olga = Person.objects.create_user("olga")
    wait(olga)
    assert "o1" in claims(2).split()


def test_users_take_turns_and_each_is_served_in_order(wait: Wait, anna: Person, boris: Person, olga: Person) -> None:
    for person, count in ((anna, 4), (boris, 2), (olga, 1)):
        wait(person, count)
    order = claims(7).split()
    assert {name[0] for name in order[:3]} == {"a", "b", "o"}
    assert [name for name in order if name[0] == "a"] == ["a1", "a2", "a3", "a4"]
    assert order[5:] == ["a3", "a4"]


def test_a_user_who_comes_back_has_saved_no_turns(wait: Wait, anna: Person, boris: Person) -> None:
    """Boris was idle for a hundred songs of Anna's, and does not get the next hundred."""
    wait(anna, 60, Queue.INTERACTIVE)
    wait(boris, 1)
    claims(30)
    wait(boris, 10)
    assert 2 <= sum(name[0] == "b" for name in claims(5).split()) <= 3


def test_cancelled_songs_cost_no_turns(wait: Wait, anna: Person, boris: Person) -> None:
    wait(anna, 200)
    claims(2)
    songs_cancel(owner=anna, now=timezone.now())
    wait(boris, 100)
    wait(anna, 1)
    assert "a201" in claims(2).split()


def test_songs_that_somebody_waits_for_come_first_and_long_lists_still_move(
    wait: Wait, anna: Person, boris: Person
) -> None:
    wait(anna, 100, Queue.BULK)
    wait(boris, 100, Queue.INTERACTIVE)
    order = [name[0] for name in claims(40).split()]
    assert order.count("a") == 10
    assert "aa" not in "".join(order)


def test_a_user_who_was_served_just_now_is_still_next_or_second_next(wait: Wait, anna: Person, boris: Person) -> None:
    wait(anna, 100)
    for number in range(1, 12):
        wait(boris)
        assert f"b{number}" in claims(2).split()


def test_the_clock_does_not_decide_whose_turn_it_is(wait: Wait, anna: Person, boris: Person, monkeypatch: Any) -> None:
    wait(anna, 10)
    wait(boris, 10)
    claims(4)
    earlier = timezone.now() - timedelta(days=1)
    names = [next_song_claim(queues=ALL, now=earlier).file_name[0] for _ in range(4)]  # type: ignore[union-attr]
    assert sorted(names) == ["a", "a", "b", "b"]


def test_a_worker_takes_songs_of_its_own_queues_only(wait: Wait, anna: Person, boris: Person) -> None:
    wait(anna, 2, Queue.BULK)
    wait(boris, 1, Queue.INTERACTIVE)
    assert claim(Queue.BULK) == "a1"
    assert claim(Queue.INTERACTIVE) == "b1"
    assert claim(Queue.INTERACTIVE) == ""
    assert claim(Queue.BULK) == "a2"


def test_alone_nobody_needs_turns(wait: Wait, anna: Person) -> None:
    """Otherwise every worker would wait for the same row."""
    wait(anna, 5)
    claims(3)
    assert not QueueTurn.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_concurrent_workers_take_every_song_once_and_in_turns(wait: Wait, anna: Person, boris: Person) -> None:
    wait(anna, 30)
    wait(boris, 10)
    lock, taken = threading.Lock(), []

    def work(_: int) -> None:
        try:
            while name := claim():
                with lock:
                    taken.append(name)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(work, range(6)))
    assert sorted(taken) == sorted([f"a{n}" for n in range(1, 31)] + [f"b{n}" for n in range(1, 11)])
    # Six workers may report in another order than they claimed.
    assert max(taken.index(f"b{n}") for n in range(1, 11)) < 20 + 8


# --- Which queue ------------------------------------------------------------------------------------------------------


def test_the_rest_of_a_large_upload_is_bulk(submit: Submit, anna: Person, boris: Person) -> None:
    for mark in range(INTERACTIVE_SONGS + 2):
        submit(mark=mark)
    assert Song.objects.filter(queue=Queue.BULK).count() == 2
    assert submit(mark=99, owner=boris).queue == Queue.INTERACTIVE


def test_analysing_many_songs_again_is_bulk_and_a_single_one_is_not(submit: Submit) -> None:
    songs = [submit(mark=mark) for mark in range(3)]
    Song.objects.update(status=Status.DONE)
    songs_rerun(ids=[song.id for song in songs[:2]], now=timezone.now())
    songs_rerun(ids=[songs[2].id], now=timezone.now())
    queues = dict(Song.objects.values_list("id", "queue"))
    assert [queues[song.id] for song in songs] == ["bulk", "bulk", "interactive"]


def test_a_retried_song_is_one_that_somebody_waits_for(song: Song) -> None:
    Song.objects.update(status=Status.FAILED, queue=Queue.BULK)
    assert song_retry(song=song, now=timezone.now()).queue == Queue.INTERACTIVE


def test_what_a_command_stores_is_bulk(anna: Person) -> None:
    song, _ = song_submit(owner=anna, upload=upload(), now=timezone.now(), to_queue=False)
    assert song.queue == Queue.BULK


# --- Pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_pages_show_the_order_in_which_songs_are_taken(
    wait: Wait, anna: Person, boris: Person, olga: Person, turns: int
) -> None:
    wait(anna, 9)
    wait(boris, 5, Queue.BULK)
    wait(olga, 3)
    wait(olga, 4, Queue.BULK)
    wait(anna, 6, Queue.BULK)
    claims(turns)
    shown = [song.file_name for song in time_estimate(now=timezone.now()).queued]
    assert shown == claims(27 - turns).split()


def test_with_a_long_queue_everybody_sees_a_position(
    wait: Wait, anna: Person, boris: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.jobs.time_estimate.MAX_QUEUED", 6)
    monkeypatch.setattr("classifier.jobs.time_estimate.MIN_FOR_EACH", 3)
    wait(anna, 12)
    [late] = wait(boris)
    estimate = time_estimate(now=timezone.now())
    assert estimate.positions[late.id] <= 2
    assert (estimate.queued_count(anna), estimate.queued_count(boris)) == (12, 1)


# --- Messages ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queues that were sent a message."""
    sent: list[str] = []
    monkeypatch.setattr("classifier.jobs.queue.app.send_task", lambda name, args: sent.append(args[0]))
    monkeypatch.setattr("classifier.jobs.queue.message_count", lambda queue: sent.count(queue))
    monkeypatch.setattr("classifier.jobs.analysis_subprocess.worker_subprocess", InThisProcess)
    return sent


class InThisProcess:
    """Instead of the subprocess of a worker."""

    def analyse_next(self, *, queues: Collection[str], on_claim: Callable[[Song], None]) -> Song | None:
        song = next_song_claim(queues=queues, now=timezone.now())
        if song is not None:
            on_claim(song)
            leased_song_analyse(song=song, lease_token=song.lease_token)  # type: ignore[arg-type]
        return song


def test_a_message_is_for_the_next_song_and_not_for_the_one_it_was_sent_for(
    analyser: FakeAnalyser, submit: Submit, boris: Person, sent: list[str]
) -> None:
    long_list = [submit(mark=mark) for mark in range(4)]
    Song.objects.update(queue=Queue.BULK)
    single = submit(mark=9, owner=boris)
    sent.clear()
    next_song_analyse(queue="bulk")
    assert Song.objects.get(status=Status.DONE) == single
    # Instead of the one that is used up.
    assert sent == ["bulk"]
    assert Song.objects.queued().count() == len(long_list)


def test_a_worker_that_has_finished_sends_a_message_where_none_waits(
    analyser: FakeAnalyser, submit: Submit, sent: list[str]
) -> None:
    """So that a queue whose messages are lost does not wait for the sweep after each song."""
    for mark in range(3):
        submit(mark=mark)
    sent.clear()
    next_song_analyse(queue="interactive")
    assert sent == ["interactive"]


def test_a_message_without_a_song_does_nothing(db: None, sent: list[str]) -> None:
    next_song_analyse(queue="interactive")
    assert sent == []


def test_a_song_whose_storage_does_not_answer_stops_no_other(wait: Wait, anna: Person) -> None:
    [first, _] = wait(anna, 2)
    song = next_song_claim(queues=ALL, now=timezone.now())
    assert song == first
    song_give_back(song_id=song.id, lease_token=song.lease_token, paused_at=timezone.now())  # type: ignore[union-attr,arg-type]
    assert claims(2).split() == ["a2"]
    later = timezone.now() + timedelta(seconds=61)
    assert next_song_claim(queues=ALL, now=later) == first


def test_a_worker_can_serve_some_of_the_queues_only(settings: Any) -> None:
    settings.WORKER_QUEUES = ["bulk"]
    try:
        select_queues()
        assert list(app.amqp.queues.consume_from) == ["bulk"]
    finally:
        app.amqp.queues.select(QUEUES)
