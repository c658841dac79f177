"""The owner's status page and /api/status/: what is wrong and what to do, without the songs of other users."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.accounts.tokens import token_create
from classifier.charts.status.songs_by_hour import songs_by_hour
from classifier.jobs.lease import song_claim
from classifier.models import Person, Song, WorkerPresence
from classifier.monitoring import counters, readiness, snapshot
from classifier.views.status import age_text
from ml.errors import MoodError
from tests.classifier.fake_analysis import FakeAnalyser
from tests.classifier.test_readiness import fill_disk
from tests.pages.conftest import Submit

STATUS = "/api/status/"


@pytest.fixture
def worker(db: None, patient_presence: None) -> WorkerPresence:
    now = timezone.now()
    return WorkerPresence.objects.create(
        name="celery@studio",
        started_at=now - timedelta(hours=3),
        seen_at=now,
        memory_bytes=3 * 10**8,
    )


def page(client: Client) -> str:
    readiness.forget()
    snapshot.forget()
    response = client.get(reverse("status"))
    assert response.status_code == 200
    return response.content.decode()


def status(client: Client, **options: Any) -> dict[str, Any]:
    readiness.forget()
    snapshot.forget()
    response = client.get(STATUS, **options)
    assert response.status_code == 200
    return response.json()


def test_only_the_owner_sees_it(anna_client: Client, olga_client: Client) -> None:
    assert anna_client.get(reverse("status")).status_code == 403
    assert reverse("status") not in anna_client.get("/").content.decode()
    assert reverse("status") in olga_client.get("/").content.decode()


def test_where_everything_works_it_says_so(olga_client: Client, worker: WorkerPresence) -> None:
    html = page(olga_client)
    assert "Everything works." in html
    assert "needs attention" not in html
    assert "celery@studio" in html
    assert "300 MB" in html
    assert "waits for songs" in html
    assert 'hx-trigger="every 5s"' in html


def test_it_says_what_is_wrong_and_what_to_do(
    olga_client: Client, worker: WorkerPresence, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    fill_disk(monkeypatch, left=5_000_000)
    MigrationRecorder(connection).migration_qs.filter(app="classifier").order_by("-name")[0].delete()
    html = page(olga_client)
    assert "Run `manage.py migrate`." in html
    assert "3 problems prevent songs from being accepted or analysed." in html
    assert "Start Redis, and check REDIS_URL." in html
    assert "Only 5.0 MB are left" in html
    assert "Delete songs or other files" in html


def test_a_worker_that_was_lost_is_shown_as_silent(
    olga_client: Client, worker: WorkerPresence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.querysets.PRESENCE_S", 10)
    WorkerPresence.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    html = page(olga_client)
    assert "no heartbeat for 5 min" in html
    assert "No worker answers" in html


def test_songs_of_others_have_no_title(
    olga_client: Client, olga: Person, anna: Person, submit: Submit, worker: WorkerPresence
) -> None:
    secret = submit(1, owner=anna, name="a secret of anna.wav")
    own = submit(2, owner=olga, name="my own.wav")
    now = timezone.now()
    for song in (secret, own):
        assert song_claim(song_id=song.id, now=now)
    Song.objects.update(worker=worker.name)
    html = page(olga_client)
    assert "a song of anna" in html
    assert "a secret of anna" not in html
    assert str(secret.id) not in html
    assert reverse("song-detail", args=[own.id]) in html


def test_the_last_errors_by_code_with_links_to_own_songs(
    olga_client: Client, olga: Person, analyse_song: Submit, analyser: FakeAnalyser
) -> None:
    analyser.error = MoodError("audio_silent", "The audio is silent.")
    own = analyse_song(1, owner=olga)
    other = analyse_song(2)
    html = page(olga_client)
    assert html.count("<code>audio_silent</code>") == 1
    assert "The audio is silent." in html
    assert reverse("song-detail", args=[own.id]) in html
    assert str(other.id) not in html


def test_unsafe_settings_are_listed(olga_client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "music.example.org"]
    assert "passwords and songs are sent unencrypted" in page(olga_client)


def test_the_number_of_queries_does_not_grow_with_songs(
    olga_client: Client, submit: Submit, django_assert_max_num_queries: Any
) -> None:
    for mark in range(5):
        submit(mark)
    with django_assert_max_num_queries(45):
        page(olga_client)


def test_hours_of_the_chart_begin_in_the_time_zone_of_the_pages(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Kolkata"  # half an hour off
    now = datetime(2026, 11, 29, 12, 45, tzinfo=UTC)
    ended = {counters.period_of(now - timedelta(hours=hours)): {"done": 2, "failed": 1} for hours in (0, 5, 23, 25)}
    with timezone.override("Asia/Kolkata"):
        chart = songs_by_hour(ended, period_s=counters.PERIOD_S, now=now)
    assert [bar.hour for bar in chart.bars][-1] == "18:00"
    assert (chart.done, chart.failed) == (6, 3)
    filled = [bar for bar in chart.bars if bar.done]
    assert filled[0].text == "19:00: 2 analysed, 1 failed"
    assert all(bar.failed_y + bar.failed_height == chart.height for bar in filled)
    assert chart.summary == "6 songs were analysed in the last 24 hours, and 3 failed."


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (172_800, "2 days")],
)
def test_ages_are_rounded_down(seconds: int, text: str) -> None:
    assert age_text(timedelta(seconds=seconds)) == text


def test_the_owner_reads_the_numbers_of_all_by_token(
    client: Client, olga: Person, analyse_song: Submit, submit: Submit, analyser: FakeAnalyser, worker: WorkerPresence
) -> None:
    analyse_song(1)
    analyser.error = MoodError("audio_silent", "The audio is silent.")
    analyse_song(2)
    submit(3)
    _, key = token_create(owner=olga, name="dashboard", now=timezone.now())
    found = status(client, headers={"authorization": f"Bearer {key}"})
    assert found["scope"] == "all"
    assert {name: found[name] for name in ("songs", "waiting", "running", "failed", "workers")} == {
        "songs": 3,
        "waiting": 1,
        "running": 0,
        "failed": 1,
        "workers": 1,
    }
    assert found["last_error"]["code"] == "audio_silent"
    assert found["last_error"]["song_id"] is None
    assert found["ready"] is True
    assert found["disk_free_bytes"] > 0


def test_another_user_reads_only_own_numbers(
    boris_client: Client, boris: Person, analyse_song: Submit, submit: Submit, analyser: FakeAnalyser
) -> None:
    analyser.error = MoodError("audio_silent", "The audio is silent.")
    analyse_song(1)
    submit(2, owner=boris)
    found = status(boris_client)
    assert (found["scope"], found["songs"], found["waiting"], found["failed"]) == ("own", 1, 1, 0)
    assert found["last_error"] is None
    assert not set(found) & {"ready", "message", "disk_free_bytes", "songs_per_minute"}


def test_strangers_read_no_numbers(client: Client, db: None) -> None:
    assert client.get(STATUS).status_code == 401
