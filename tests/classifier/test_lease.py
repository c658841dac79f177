"""Claims, leases, cancellations and the sweep, and races between them."""

from __future__ import annotations

import multiprocessing
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from queue import Queue
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from classifier.errors import ProductError
from classifier.jobs.finish import song_fail
from classifier.jobs.heartbeat import Heartbeat
from classifier.jobs.lease import LeaseLost, lease_renew, song_claim, song_give_back, song_progress
from classifier.jobs.sweep import SweepResult, songs_sweep
from classifier.models import Song, Status
from classifier.services.song_cancel import song_cancel
from classifier.services.song_retry import song_retry
from tests.classifier.conftest import Submit

MINUTE = timedelta(minutes=1)


def claimed(song: Song) -> Song:
    claim = song_claim(song_id=song.id, now=timezone.now())
    assert claim is not None
    return claim


def test_a_claim_starts_a_queued_song(song: Song) -> None:
    claim = claimed(song)
    assert (claim.status, claim.attempts, claim.stage) == (Status.RUNNING, 1, "decoding")


def test_a_second_claim_returns_none(song: Song) -> None:
    claimed(song)
    assert song_claim(song_id=song.id, now=timezone.now()) is None


def test_a_claim_of_a_deleted_song_returns_none(db: None) -> None:
    assert song_claim(song_id=uuid.uuid4(), now=timezone.now()) is None


def _try_to_claim(song_id: uuid.UUID) -> bool:
    try:
        return song_claim(song_id=song_id, now=timezone.now()) is not None
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_of_concurrent_threads_only_one_claims_the_song(song: Song) -> None:
    with ThreadPoolExecutor(6) as threads:
        claim = list(threads.map(_try_to_claim, [song.id] * 12))
    assert sum(claim) == 1


@pytest.mark.django_db(transaction=True)
def test_of_concurrent_processes_only_one_claims_the_song(song: Song) -> None:
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(3) as processes:
        claim = processes.map(_try_to_claim, [song.id] * 9, chunksize=1)
    assert sum(claim) == 1
    song.refresh_from_db()
    assert song.attempts == 1


def test_the_holder_of_the_lease_stores_progress(song: Song) -> None:
    claim = claimed(song)
    song_progress(song_id=claim.id, lease_token=claim.lease_token, stage="listening", segments_done=2, segments_total=9)
    song.refresh_from_db()
    assert (song.stage, song.segments_done, song.segments_total) == ("listening", 2, 9)


def test_storing_progress_of_a_cancelled_song_raises_lease_lost(song: Song) -> None:
    claim = claimed(song)
    song_cancel(song=song, now=timezone.now())
    with pytest.raises(LeaseLost):
        song_progress(
            song_id=claim.id, lease_token=claim.lease_token, stage="listening", segments_done=2, segments_total=9
        )


def test_a_worker_without_the_lease_cannot_fail_the_song(song: Song) -> None:
    claim = claimed(song)
    song_cancel(song=song, now=timezone.now())
    assert not song_fail(song_id=claim.id, lease_token=claim.lease_token, code="x", message="y", now=timezone.now())
    song.refresh_from_db()
    assert song.status == Status.CANCELLED


def test_the_sweep_ignores_a_song_with_a_valid_lease(song: Song) -> None:
    claimed(song)
    assert songs_sweep(now=timezone.now()) == SweepResult(requeued=0, failed=0, resent=0)


def test_the_sweep_requeues_a_song_whose_worker_was_lost(song: Song) -> None:
    lost = claimed(song)

    swept = songs_sweep(now=timezone.now() + MINUTE)

    assert swept.requeued == 1
    song.refresh_from_db()
    assert (song.status, song.attempts, song.lease_token) == (Status.QUEUED, 1, None)
    assert song.enqueued_at is not None
    assert not lease_renew(song_id=song.id, lease_token=lost.lease_token, now=timezone.now())


def test_a_song_fails_after_the_maximum_of_lost_workers(song: Song, settings: Any) -> None:
    settings.MAX_ATTEMPTS = 2
    for _ in range(2):
        claimed(song)
        swept = songs_sweep(now=timezone.now() + MINUTE)
    assert swept.failed == 1
    song.refresh_from_db()
    assert (song.status, song.error_code) == (Status.FAILED, "worker_lost")
    assert "2 times" in song.error_message


@pytest.mark.django_db(transaction=True)
def test_of_concurrent_sweeps_only_one_requeues_a_song(song: Song) -> None:
    claimed(song)

    def sweep(_: int) -> int:
        try:
            return songs_sweep(now=timezone.now() + MINUTE).requeued
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(sweep, range(4))) == 1


def test_the_message_of_a_queued_song_is_sent_again(song: Song) -> None:
    assert songs_sweep(now=timezone.now() + MINUTE / 2).resent == 0
    assert songs_sweep(now=timezone.now() + 2 * MINUTE).resent == 1
    song.refresh_from_db()
    assert song.enqueued_at > timezone.now() + MINUTE


def test_of_a_long_queue_only_the_oldest_are_sent_again(submit: Submit) -> None:
    for mark in range(25):
        submit(mark=mark)
    Song.objects.update(queue="bulk")
    assert songs_sweep(now=timezone.now() + 2 * MINUTE).resent == 20


def test_nothing_is_sent_again_while_enough_messages_wait(submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    for mark in range(3):
        submit(mark=mark)
    monkeypatch.setattr("classifier.jobs.sweep.message_count", lambda queue: 2)
    assert songs_sweep(now=timezone.now() + 2 * MINUTE).resent == 1


def test_a_song_that_is_given_back_is_as_if_it_had_never_been_taken(song: Song) -> None:
    claim = claimed(song)
    assert song_give_back(song_id=claim.id, lease_token=claim.lease_token)
    song.refresh_from_db()
    assert (song.status, song.attempts, song.lease_token) == (Status.QUEUED, 0, None)
    assert not song_give_back(song_id=claim.id, lease_token=claim.lease_token)


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_gives_the_song_back_when_the_worker_has_to_stop(
    song: Song, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = claimed(song)
    sent: list[str] = []
    monkeypatch.setattr("classifier.jobs.heartbeat.message_send", sent.append)
    monkeypatch.setattr("classifier.jobs.heartbeat.should_give_back", lambda: True)
    with Heartbeat(running.id, running.lease_token, running.queue) as heartbeat:
        [thread] = [thread for thread in threading.enumerate() if thread.name == f"heartbeat-{song.id}"]
        thread.join(TIMEOUT_S)
        assert heartbeat.lost
    song.refresh_from_db()
    assert (song.status, sent) == (Status.QUEUED, ["interactive"])


def test_a_queued_song_can_be_cancelled_and_retried(song: Song) -> None:
    assert song_cancel(song=song, now=timezone.now()).status == Status.CANCELLED
    assert song_claim(song_id=song.id, now=timezone.now()) is None
    assert song_retry(song=song, now=timezone.now()).status == Status.QUEUED


def test_a_done_song_can_be_neither_cancelled_nor_retried(song: Song) -> None:
    Song.objects.filter(id=song.id).update(status=Status.DONE)
    with pytest.raises(ProductError, match="nothing to cancel"):
        song_cancel(song=song, now=timezone.now())
    with pytest.raises(ProductError, match="nothing to retry"):
        song_retry(song=song, now=timezone.now())


TIMEOUT_S = 60
"""For events that take milliseconds on an idle machine."""


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_renews_the_lease_until_the_song_is_done(
    song: Song, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LEASE_S = 0.1
    running = claimed(song)
    renewals: Queue[Any] = Queue()

    def renew(**arguments: Any) -> bool:
        renewed = lease_renew(**arguments)
        renewals.put(Song.objects.get(id=song.id).lease_expires_at)
        return renewed

    monkeypatch.setattr("classifier.jobs.heartbeat.lease_renew", renew)
    with Heartbeat(running.id, running.lease_token) as heartbeat:
        expiries = [renewals.get(timeout=TIMEOUT_S) for _ in range(3)]
    assert running.lease_expires_at < expiries[0] < expiries[1] < expiries[2]
    assert not heartbeat.lost
    assert not any(thread.name == f"heartbeat-{song.id}" for thread in threading.enumerate())


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_notices_that_the_lease_is_lost(song: Song, settings: Any) -> None:
    settings.LEASE_S = 0.1
    running = claimed(song)
    song_cancel(song=song, now=timezone.now())
    with Heartbeat(running.id, running.lease_token) as heartbeat:
        [thread] = [thread for thread in threading.enumerate() if thread.name == f"heartbeat-{song.id}"]
        thread.join(TIMEOUT_S)
        assert heartbeat.lost
