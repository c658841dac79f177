"""Who may hear a song: claims, leases, cancellations and the sweep, one against the other."""

from __future__ import annotations

import multiprocessing
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from classifier.errors import ProductError
from classifier.jobs.finish import song_fail
from classifier.jobs.heartbeat import Heartbeat
from classifier.jobs.lease import LeaseLost, lease_renew, song_claim, song_progress
from classifier.jobs.sweep import SweepResult, songs_sweep
from classifier.models import Song, Status
from classifier.services.song_cancel import song_cancel
from classifier.services.song_retry import song_retry
from tests.classifier.conftest import Submit

MINUTE = timedelta(minutes=1)


def claimed(song: Song) -> Song:
    won = song_claim(song_id=song.id, now=timezone.now())
    assert won is not None
    return won


def test_a_claim_takes_a_queued_song(song: Song) -> None:
    won = claimed(song)
    assert (won.status, won.attempts, won.stage) == (Status.RUNNING, 1, "decoding")


def test_a_second_claim_finds_nothing(song: Song) -> None:
    claimed(song)
    assert song_claim(song_id=song.id, now=timezone.now()) is None


def test_a_claim_of_a_deleted_song_finds_nothing(db: None) -> None:
    assert song_claim(song_id=uuid.uuid4(), now=timezone.now()) is None


def _try_to_claim(song_id: uuid.UUID) -> bool:
    try:
        return song_claim(song_id=song_id, now=timezone.now()) is not None
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_of_many_threads_one_claims(song: Song) -> None:
    with ThreadPoolExecutor(6) as threads:
        won = list(threads.map(_try_to_claim, [song.id] * 12))
    assert sum(won) == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_processes_one_claims(song: Song) -> None:
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(3) as processes:
        won = processes.map(_try_to_claim, [song.id] * 9, chunksize=1)
    assert sum(won) == 1
    song.refresh_from_db()
    assert song.attempts == 1


def test_progress_is_kept_for_the_holder(song: Song) -> None:
    won = claimed(song)
    song_progress(song_id=won.id, lease_token=won.lease_token, stage="listening", segments_done=2, segments_total=9)
    song.refresh_from_db()
    assert (song.stage, song.segments_done, song.segments_total) == ("listening", 2, 9)


def test_progress_of_a_cancelled_song_stops_its_worker(song: Song) -> None:
    won = claimed(song)
    song_cancel(song=song, now=timezone.now())
    with pytest.raises(LeaseLost):
        song_progress(song_id=won.id, lease_token=won.lease_token, stage="listening", segments_done=2, segments_total=9)


def test_a_worker_that_comes_too_late_fails_nothing(song: Song) -> None:
    won = claimed(song)
    song_cancel(song=song, now=timezone.now())
    assert not song_fail(song_id=won.id, lease_token=won.lease_token, code="x", message="y", now=timezone.now())
    song.refresh_from_db()
    assert song.status == Status.CANCELLED


def test_the_sweep_leaves_a_song_whose_lease_holds(song: Song) -> None:
    claimed(song)
    assert songs_sweep(now=timezone.now()) == SweepResult(requeued=0, failed=0, resent=0)


def test_the_sweep_puts_back_a_song_whose_worker_was_lost(song: Song) -> None:
    lost = claimed(song)

    swept = songs_sweep(now=timezone.now() + MINUTE)

    assert swept.requeued == 1
    song.refresh_from_db()
    assert (song.status, song.attempts, song.lease_token) == (Status.QUEUED, 1, None)
    assert song.enqueued_at is not None
    assert not lease_renew(song_id=song.id, lease_token=lost.lease_token, now=timezone.now())


def test_a_song_that_loses_every_worker_is_given_up(song: Song, settings: Any) -> None:
    settings.MAX_ATTEMPTS = 2
    for _ in range(2):
        claimed(song)
        swept = songs_sweep(now=timezone.now() + MINUTE)
    assert swept.failed == 1
    song.refresh_from_db()
    assert (song.status, song.error_code) == (Status.FAILED, "worker_lost")
    assert "2 times" in song.error_message


@pytest.mark.django_db(transaction=True)
def test_of_two_sweeps_at_once_one_puts_a_song_back(song: Song) -> None:
    claimed(song)

    def sweep(_: int) -> int:
        try:
            return songs_sweep(now=timezone.now() + MINUTE).requeued
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(sweep, range(4))) == 1


def test_a_song_whose_message_was_lost_is_handed_over_again(song: Song) -> None:
    assert songs_sweep(now=timezone.now() + MINUTE / 2).resent == 0
    assert songs_sweep(now=timezone.now() + 2 * MINUTE).resent == 1
    song.refresh_from_db()
    assert song.enqueued_at > timezone.now() + MINUTE


def test_only_the_oldest_of_a_long_queue_are_handed_over_again(submit: Submit) -> None:
    for mark in range(25):
        submit(mark=mark)
    assert songs_sweep(now=timezone.now() + 2 * MINUTE).resent == 20


def test_a_queued_song_can_be_cancelled_and_retried(song: Song) -> None:
    assert song_cancel(song=song, now=timezone.now()).status == Status.CANCELLED
    assert song_claim(song_id=song.id, now=timezone.now()) is None
    assert song_retry(song=song, now=timezone.now()).status == Status.QUEUED


def test_what_is_done_is_neither_cancelled_nor_retried(song: Song) -> None:
    Song.objects.filter(id=song.id).update(status=Status.DONE)
    with pytest.raises(ProductError, match="nothing to cancel"):
        song_cancel(song=song, now=timezone.now())
    with pytest.raises(ProductError, match="nothing to retry"):
        song_retry(song=song, now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_renews_the_lease_until_the_song_is_over(song: Song, settings: Any) -> None:
    settings.LEASE_S = 0.4
    won = claimed(song)
    with Heartbeat(won.id, won.lease_token) as heartbeat:
        for _ in range(3):
            time.sleep(0.3)
            assert not Song.objects.abandoned(timezone.now()).exists()
    assert not heartbeat.lost
    time.sleep(0.5)
    assert Song.objects.abandoned(timezone.now()).exists()


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_sees_that_the_song_was_taken_away(song: Song, settings: Any) -> None:
    settings.LEASE_S = 0.4
    won = claimed(song)
    with Heartbeat(won.id, won.lease_token) as heartbeat:
        song_cancel(song=song, now=timezone.now())
        time.sleep(0.4)
        assert heartbeat.lost
