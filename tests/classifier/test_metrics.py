"""/metrics: what Prometheus reads, with its own parser, and who may read it."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse

from classifier.jobs.analyse import song_analyse
from classifier.jobs.clean_up import clean_up
from classifier.jobs.worker_presence import memory_with_children
from classifier.models import MetricCounter, ResumableUpload, Song, WorkerPresence
from classifier.monitoring import counters, readiness, snapshot
from ml.errors import MoodError
from mmc import __version__, environment
from tests.classifier.conftest import Submit
from tests.classifier.fake_analysis import FakeAnalyser
from tests.classifier.test_readiness import fill_disk

TOKEN = "a-token-for-these-tests"
HEADERS = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def _on(settings: Any) -> None:
    settings.METRICS_TOKEN, settings.METRICS_ENABLED = TOKEN, True


def samples(client: Client) -> dict[tuple[str, ...], float]:
    """By the name of each sample and its labels, in the order of their names."""
    snapshot.forget()
    response = client.get("/metrics", headers=HEADERS)
    assert response.status_code == 200
    families = parse(response.content.decode())
    return {
        (sample.name, *(sample.labels[key] for key in sorted(sample.labels))): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.mark.usefixtures("_on")
def test_the_queue_and_its_age_by_kind(client: Client, submit: Submit) -> None:
    for mark in range(3):
        submit(mark)
    Song.objects.update(queued_at=timezone.now() - timedelta(minutes=5))
    Song.objects.filter(id=submit(3).id).update(queue="bulk", queued_at=timezone.now() - timedelta(hours=2))
    found = samples(client)
    assert found["countermood_queue_length", "interactive"] == 3
    assert found["countermood_queue_length", "bulk"] == 1
    assert found["countermood_queue_length", "saliency"] == 0
    assert 300 <= found["countermood_queue_oldest_age_seconds", "interactive"] < 600
    assert 7200 <= found["countermood_queue_oldest_age_seconds", "bulk"] < 7500
    assert found["countermood_queue_oldest_age_seconds", "saliency"] == 0


@pytest.mark.usefixtures("_on")
def test_songs_and_stages_are_counted_as_they_end(client: Client, submit: Submit, analyser: FakeAnalyser) -> None:
    song_analyse(song_id=submit(1).id)
    song_analyse(song_id=submit(2).id)
    analyser.error = MoodError("audio_silent", "The audio is silent.")
    song_analyse(song_id=submit(3).id)
    found = samples(client)
    assert found["countermood_songs_ended_total", "done"] == 2
    assert found["countermood_songs_ended_total", "failed"] == 1
    assert found["countermood_song_failures_total", "audio_silent"] == 1
    assert found["countermood_songs_failed",] == 1
    assert found["countermood_songs_stored",] == 3
    assert found["countermood_songs_per_minute",] > 0
    for stage in ("waiting", "decoding", "analysing", "storing"):
        assert found["countermood_stage_duration_seconds_count", stage] == 2
        assert found["countermood_stage_duration_seconds_bucket", "+Inf", stage] == 2


@pytest.mark.usefixtures("_on")
def test_counters_never_fall(client: Client, submit: Submit, analyser: FakeAnalyser) -> None:
    song = submit()
    song_analyse(song_id=song.id)
    before = samples(client)["countermood_songs_ended_total", "done"]
    song.delete()
    assert samples(client)["countermood_songs_ended_total", "done"] == before == 1


@pytest.mark.usefixtures("_on", "patient_presence")
def test_workers_with_their_memory(client: Client, db: None) -> None:
    now = timezone.now()
    WorkerPresence.objects.create(
        name="celery@here", started_at=now, seen_at=now, processes=2, memory_bytes=300_000_000
    )
    WorkerPresence.objects.create(name="celery@gone", started_at=now, seen_at=now - timedelta(hours=2))
    found = samples(client)
    assert found["countermood_workers",] == 1
    assert found["countermood_worker_processes", "celery@here"] == 2
    assert found["countermood_worker_memory_bytes", "celery@here"] == 300_000_000
    assert ("countermood_worker_memory_bytes", "celery@gone") not in found


def test_the_memory_of_a_worker_includes_its_children() -> None:
    before = memory_with_children()
    code = 'data = b"x" * 60_000_000; print(flush=True); input()'
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdout.readline()
    assert memory_with_children() - before > 5_000_000
    child.communicate(b"\n")


@pytest.mark.usefixtures("_on")
def test_disk_uploads_database_and_version(client: Client, anna: Any, settings: Any) -> None:
    now = timezone.now()
    ResumableUpload.objects.create(
        owner=anna, file_name="a.wav", size_bytes=1000, received_bytes=400, created_at=now, touched_at=now
    )
    found = samples(client)
    assert found["countermood_uploads_in_progress",] == 1
    assert found["countermood_uploads_missing_bytes",] == 600
    assert found["countermood_disk_free_bytes",] > 0
    assert found["countermood_disk_reserve_bytes",] >= 256_000_000
    assert found["countermood_database_size_bytes",] > 0
    assert found["countermood_build_info", settings.MODEL_BUNDLE, __version__] == 1
    assert found["countermood_check_ok", "worker"] == 0
    assert found["countermood_check_ok", "database"] == 1


@pytest.mark.usefixtures("_on")
def test_what_keeps_songs_from_being_taken_is_in_the_metrics_too(
    client: Client, db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = ("disk", "broker", "migrations")
    found = samples(client)
    assert [found["countermood_check_ok", check] for check in checks] == [1, 1, 1]
    assert found["countermood_ready",] == 1
    readiness.forget()
    fill_disk(monkeypatch, left=1_000_000)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    MigrationRecorder(connection).migration_qs.filter(app="classifier").order_by("-name")[0].delete()
    found = samples(client)
    assert [found["countermood_check_ok", check] for check in checks] == [0, 0, 0]
    assert found["countermood_ready",] == 0
    assert ("countermood_queue_length", "saliency") not in found


@pytest.mark.usefixtures("_on")
def test_requests_by_method_route_and_status(client: Client, anna_client: Client, song: Song) -> None:
    def count(*labels: str) -> float:
        return samples(client).get(("countermood_http_request_duration_seconds_count", *labels), 0)

    page = ("GET", "/songs/<uuid:song_id>/", "200")
    before = count(*page)
    for _ in range(3):
        anna_client.get(f"/songs/{song.id}/")
    assert count(*page) == before + 3
    anna_client.get("/a-path-that-only-i-know/")
    assert count("GET", "/unknown", "404") >= 1
    assert not any("only-i-know" in label for key in samples(client) for label in key)


@pytest.mark.usefixtures("_on")
def test_names_and_units_are_those_that_openmetrics_requires(client: Client, song: Song) -> None:
    response = client.get("/metrics", headers={**HEADERS, "accept": "application/openmetrics-text; version=1.0.0"})
    assert response.headers["Content-Type"].startswith("application/openmetrics-text")
    families = list(parse_openmetrics(response.content.decode()))
    assert all(family.name.startswith("countermood_") and family.documentation for family in families)


def test_without_a_setting_there_are_no_metrics(client: Client, olga_client: Client) -> None:
    for asking in (client, olga_client):
        assert asking.get("/metrics", headers=HEADERS).status_code == 404


@pytest.mark.usefixtures("_on")
@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"]
)
def test_a_wrong_token_is_rejected(olga_client: Client, authorization: str) -> None:
    headers = {"authorization": authorization} if authorization else {}
    response = olga_client.get("/metrics", headers=headers)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert b"countermood_" not in response.content


@pytest.mark.parametrize(
    ("address", "headers", "trust_proxy", "status"),
    [
        ("10.1.2.3", {}, False, 200),
        ("::ffff:10.1.2.3", {}, False, 200),
        ("11.1.2.3", {}, False, 401),
        ("", {}, False, 401),
        # Through a proxy on an allowed address, which is not that of the client.
        ("10.1.2.3", {"x-forwarded-for": "203.0.113.9"}, False, 401),
        ("10.1.2.3", {"x-forwarded-for": "203.0.113.9"}, True, 401),
        ("127.0.0.1", {"x-forwarded-for": "10.9.9.9, 203.0.113.9"}, True, 401),
        ("127.0.0.1", {"x-forwarded-for": "203.0.113.9, 10.9.9.9"}, True, 200),
    ],
)
def test_only_named_addresses_need_no_token(
    client: Client, db: None, settings: Any, address: str, headers: dict[str, str], trust_proxy: bool, status: int
) -> None:
    settings.METRICS_ALLOW, settings.METRICS_ENABLED = environment_networks("10.0.0.0/8"), True
    settings.TRUST_PROXY = trust_proxy
    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status


def environment_networks(value: str) -> list[Any]:
    os.environ["METRICS_ALLOW"] = value
    try:
        return list(environment.networks("METRICS_ALLOW"))
    finally:
        del os.environ["METRICS_ALLOW"]


def test_settings_that_are_not_sane_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"METRICS_ALLOW is 'my network'"):
        environment_networks("10.0.0.0/8,my network")
    monkeypatch.setenv("METRICS_TOKEN", "hunter2")
    with pytest.raises(ImproperlyConfigured, match="METRICS_TOKEN has 7 characters") as error:
        environment.secret("METRICS_TOKEN", least_length=16)
    assert "hunter2" not in str(error.value)


@pytest.mark.usefixtures("_on")
def test_without_the_database_there_are_no_metrics(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def down() -> None:
        raise OperationalError("the database is gone")

    monkeypatch.setattr("classifier.monitoring.metrics.snapshot", down)
    assert client.get("/metrics", headers=HEADERS).status_code == 503


def test_a_worker_does_its_work_although_it_cannot_count(
    song: Song, analyser: FakeAnalyser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(counters, "_add_one", full)
    song_analyse(song_id=song.id)
    song.refresh_from_db()
    assert song.status == "done"


def test_old_periods_are_deleted(db: None) -> None:
    now = timezone.now()
    counters.count_song("done", now=now - timedelta(days=3))
    counters.count_song("failed", code="audio_silent", now=now)
    clean_up(now=now)
    assert MetricCounter.objects.filter(name=counters.PERIODS).count() == 1
    assert counters.totals(counters.SONGS) == {"done": 1, "failed": 1}


def test_the_files_of_a_web_server_do_not_grow_with_its_processes(tmp_path: Path) -> None:
    """Each process counts one request; the third has the number of the first, which has ended."""
    code = (
        "import django; django.setup()\n"
        "from django.conf import settings; settings.METRICS_ENABLED = True\n"
        "from classifier.monitoring.http_metrics import count_request, register\n"
        "from prometheus_client import CollectorRegistry\n"
        "count_request(method='GET', route='/', status=200, duration_s=0.02)\n"
        "registry = CollectorRegistry(); register(registry)\n"
        "name = 'countermood_http_request_duration_seconds_count'\n"
        "print(registry.get_sample_value(name, {'method': 'GET', 'route': '/', 'status': '200'}))"
    )
    counted = []
    for number in ("0", "1", "0"):
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
            "COUNTERMOOD_WEB_PROCESS": number,
        }
        process = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
        )
        counted.append(float(process.stdout))
    assert counted == [1, 2, 3]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["histogram_0.db", "histogram_1.db"]
