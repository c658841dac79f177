"""The clock of the machine is set back or forward by a day: no song, upload or page waits for it to catch up."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from classifier.jobs.clean_up import clean_up
from classifier.jobs.clock import ClockWatch, terms_renew
from classifier.jobs.health import worker_answers
from classifier.jobs.lease import lease_renew, song_claim
from classifier.jobs.saliency import saliency_request
from classifier.jobs.sweep import songs_sweep
from classifier.jobs.time_estimate import AnalysisSpeed, time_estimate
from classifier.models import Analysis, ApiToken, Person, ResumableUpload, Song, Status, WorkerPresence
from classifier.services.resumable_uploads import resumable_upload_create
from classifier.uploads.disk_reserve import announced_bytes
from classifier.uploads.partial_files import locked_partial_file, partial_file_path
from tests.classifier.conftest import Submit

NOW = timezone.now()
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def claimed(song: Song, now: Any = NOW) -> Song:
    claim = song_claim(song_id=song.id, now=now)
    assert claim is not None
    return claim


def test_set_back_the_song_of_a_lost_worker_is_queued_again(song: Song) -> None:
    claimed(song)
    assert songs_sweep(now=NOW - DAY).requeued == 1
    song.refresh_from_db()
    assert song.status == Status.QUEUED


def test_set_back_the_last_attempt_of_a_lost_worker_fails(song: Song, settings: Any) -> None:
    settings.MAX_ATTEMPTS = 1
    claimed(song)
    assert songs_sweep(now=NOW - DAY).failed == 1


def test_a_worker_whose_clock_is_a_little_ahead_keeps_its_song(song: Song, settings: Any) -> None:
    claimed(song, now=NOW + (settings.LEASE_S - 1) * SECOND)
    assert not songs_sweep(now=NOW)


@pytest.mark.parametrize("step", [-DAY, DAY], ids=["back", "forward"])
def test_a_worker_that_still_runs_keeps_its_song(song: Song, step: timedelta, settings: Any) -> None:
    """The sweep notices the step, and gives every lease a new term, within which its worker renews it."""
    claim = claimed(song)
    terms_renew(now=NOW + step)
    assert not songs_sweep(now=NOW + step + 5 * SECOND)
    assert lease_renew(song_id=song.id, lease_token=claim.lease_token, now=NOW + step + 5 * SECOND)
    assert not songs_sweep(now=NOW + step + (settings.LEASE_S + 1) * SECOND)


@pytest.mark.parametrize("step", [-DAY, DAY], ids=["back", "forward"])
def test_a_lost_worker_is_noticed_a_term_later(song: Song, step: timedelta, settings: Any) -> None:
    claimed(song)
    terms_renew(now=NOW + step)
    assert songs_sweep(now=NOW + step + (settings.LEASE_S + 1) * SECOND).requeued == 1


def test_set_back_a_queued_song_is_sent_again(song: Song) -> None:
    """Its message was lost, too."""
    Song.objects.update(enqueued_at=NOW, created_at=NOW)
    assert songs_sweep(now=NOW - DAY).resent == 1
    song.refresh_from_db()
    assert song.enqueued_at == NOW - DAY
    assert songs_sweep(now=NOW - DAY + SECOND).resent == 0


def test_set_back_a_song_that_was_never_sent_is_sent(song: Song) -> None:
    Song.objects.update(enqueued_at=None, created_at=NOW)
    assert songs_sweep(now=NOW - DAY).resent == 1


def test_set_back_an_upload_expires_a_day_after_that(anna: Person) -> None:
    upload = resumable_upload_create(owner=anna, size_bytes=1000, now=NOW)
    clean_up(now=NOW - DAY)
    upload.refresh_from_db()
    assert upload.touched_at == NOW - DAY
    assert announced_bytes(now=NOW - DAY + timedelta(minutes=61)) == 0
    clean_up(now=NOW + SECOND)
    assert not ResumableUpload.objects.exists()


def test_set_forward_an_upload_in_progress_is_kept(anna: Person) -> None:
    upload = resumable_upload_create(owner=anna, size_bytes=1000, now=NOW)
    with locked_partial_file(upload.id) as stream:
        stream.write(b"RIFF")
    terms_renew(now=NOW + 2 * DAY)
    clean_up(now=NOW + 2 * DAY + SECOND)
    assert ResumableUpload.objects.exists()
    assert partial_file_path(upload.id).exists()
    clean_up(now=NOW + 4 * DAY)
    assert not partial_file_path(upload.id).exists()


def test_set_back_a_worker_that_is_gone_does_not_answer(db: None) -> None:
    WorkerPresence.objects.create(name="celery@here", started_at=NOW, seen_at=NOW)
    assert worker_answers(now=NOW - 59 * SECOND)
    assert not worker_answers(now=NOW - 61 * SECOND)
    assert not worker_answers(now=NOW - DAY)
    clean_up(now=NOW - DAY)
    assert not WorkerPresence.objects.exists()


def test_set_back_time_estimates_stay_sensible(song: Song, submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    WorkerPresence.objects.create(name="celery@here", started_at=NOW - DAY, seen_at=NOW - DAY)
    claimed(song)
    speed = AnalysisSpeed(per_segment_s=1.0, per_byte_s={}, per_song_s=10.0)
    monkeypatch.setattr(AnalysisSpeed, "measure", classmethod(lambda cls: speed))
    assert time_estimate(now=NOW - DAY).remaining_s[song.id] == 10.0


def test_set_back_a_saliency_map_is_requested_again(song: Song, monkeypatch: pytest.MonkeyPatch) -> None:
    requests: list[Any] = []
    monkeypatch.setattr("classifier.jobs.saliency.enqueue_saliency", requests.append)
    analysis = Analysis(song=song, model_version="mood-5")
    for moment in (NOW, NOW + SECOND, NOW - DAY):
        saliency_request(song=song, analysis=analysis, now=moment)
    assert requests == [song.id, song.id]


def test_set_back_the_last_use_of_a_token_is_stored(anna: Person) -> None:
    from classifier.accounts.tokens import token_create, token_of_key

    _, key = token_create(owner=anna, name="a script", now=NOW)
    token_of_key(key=key, now=NOW)
    token_of_key(key=key, now=NOW - DAY)
    assert ApiToken.objects.get().last_used_at == NOW - DAY


@pytest.mark.parametrize(("step_s", "was_set"), [(0, False), (-86_400, True), (86_400, True), (5, False)])
def test_a_step_of_the_clock_is_noticed_once(step_s: float, was_set: bool) -> None:
    times = {"clock": 1_000_000.0, "monotonic": 50.0}
    watch = ClockWatch(lambda: times["clock"], lambda: times["monotonic"])
    times["monotonic"] += 5
    times["clock"] += 5 + step_s
    assert watch.was_set() is was_set
    assert watch.was_set() is False


def test_the_clean_up_of_the_sweep_does_not_follow_the_clock(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set back by a day, it would not run for a day; set forward, it would run a thousand times in a row."""
    import signal

    from django.core.management import call_command

    seconds, runs = iter(range(0, 10_000, 61)), []
    monkeypatch.setattr("classifier.management.commands.sweep.monotonic", lambda: float(next(seconds)))

    def clean(now: Any) -> None:
        runs.append(now)
        if len(runs) == 3:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("classifier.management.commands.sweep.clean_up", clean)
    monkeypatch.setattr("classifier.management.commands.sweep.connections.close_all", lambda: None)
    monkeypatch.setattr("classifier.management.commands.sweep.timezone.now", lambda: NOW - len(runs) * DAY)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        call_command("sweep", "--every", "0.1")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert runs == [NOW, NOW - DAY, NOW - 2 * DAY]
