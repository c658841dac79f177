"""/health/live and /health/ready: what is checked, who is told what, and how little that costs."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from classifier.accounts.tokens import token_create
from classifier.jobs.health import health_report
from classifier.models import Person, WorkerPresence
from classifier.monitoring import disk, readiness
from classifier.monitoring.briefly_cached import BrieflyCached

READY, LIVE = "/health/ready", "/health/live"


@pytest.fixture
def worker(db: None, patient_presence: None) -> WorkerPresence:
    now = timezone.now()
    return WorkerPresence.objects.create(name="celery@here", started_at=now, seen_at=now)


def reasons(client: Client) -> dict[str, Any]:
    """What the owner is told, by code."""
    readiness.forget()
    return {reason["code"]: reason for reason in client.get(READY).json()["reasons"]}


def test_a_complete_installation_is_ready(olga_client: Client, worker: WorkerPresence) -> None:
    response = olga_client.get(READY)
    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "message": "Ready.",
        "checks": dict.fromkeys(("database", "migrations", "storage", "disk", "broker", "model", "worker"), True),
        "reasons": [],
    }


def test_without_a_worker_songs_can_still_be_uploaded(olga_client: Client) -> None:
    assert olga_client.get(READY).status_code == 200
    assert reasons(olga_client)["worker_missing"]["blocks"] is False


def test_a_queue_that_no_worker_serves_is_named(olga_client: Client, worker: WorkerPresence) -> None:
    WorkerPresence.objects.update(queues="interactive saliency")
    assert "WORKER_QUEUES=bulk" in reasons(olga_client)["queue_not_served"]["action"]
    assert olga_client.get(READY).status_code == 200
    WorkerPresence.objects.create(
        name="celery@there", started_at=worker.started_at, seen_at=worker.seen_at, queues="bulk"
    )
    assert reasons(olga_client) == {}


def test_a_pending_migration_is_named(olga_client: Client, worker: WorkerPresence) -> None:
    last = MigrationRecorder(connection).migration_qs.filter(app="classifier").order_by("-name")[0]
    last.delete()
    assert last.name in reasons(olga_client)["migrations_pending"]["message"]
    assert olga_client.get(READY).status_code == 503


def test_a_disk_that_is_nearly_full_is_noticed_before_it_is(
    olga_client: Client, worker: WorkerPresence, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_disk(monkeypatch, left=1_000_000)
    assert "1.0 MB are left" in reasons(olga_client)["disk_full"]["message"]
    assert olga_client.get(READY).status_code == 503


def fill_disk(monkeypatch: pytest.MonkeyPatch, left: int) -> None:
    monkeypatch.setattr(disk, "free_bytes", lambda: left)


def test_a_storage_that_cannot_be_written_is_noticed(
    olga_client: Client, worker: WorkerPresence, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*args: object, **options: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(readiness.tempfile, "TemporaryFile", read_only)
    assert "Read-only file system" in reasons(olga_client)["storage_not_writable"]["message"]


def test_a_broker_that_is_down_is_noticed(olga_client: Client, worker: WorkerPresence, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert "REDIS_URL" in reasons(olga_client)["broker_down"]["action"]


def test_weights_that_are_damaged_are_noticed(
    olga_client: Client, worker: WorkerPresence, settings: Any, tmp_path: Path
) -> None:
    shutil.copytree(settings.MODEL_BUNDLES_DIR / settings.MODEL_BUNDLE, tmp_path / settings.MODEL_BUNDLE)
    settings.MODEL_BUNDLES_DIR = tmp_path
    assert reasons(olga_client) == {}
    with (tmp_path / settings.MODEL_BUNDLE / "cnn2d.tflite").open("r+b") as file:
        file.write(b"damaged")
    assert "cnn2d" in reasons(olga_client)["model_corrupt"]["message"]
    assert olga_client.get(READY).status_code == 503


def test_a_missing_model_is_noticed(olga_client: Client, worker: WorkerPresence, settings: Any, tmp_path: Path) -> None:
    settings.MODEL_BUNDLES_DIR = tmp_path
    assert "model_missing" in reasons(olga_client)


def test_without_the_database_nobody_is_told_why(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def down() -> None:
        raise DatabaseError

    monkeypatch.setattr("classifier.jobs.health.connection", SimpleNamespace(cursor=down))
    monkeypatch.setattr("classifier.monitoring.views.token_of_key", lambda **kwargs: down())
    response = client.get(READY, headers={"authorization": "Bearer mmc_anything"})
    assert (response.status_code, response.json()["ready"]) == (503, False)
    assert "reasons" not in response.json()
    assert [reason.code for reason in readiness.readiness().reasons] == ["database_down"]


@pytest.mark.parametrize("who", ["stranger", "another user"])
def test_strangers_are_told_only_yes_or_no(
    who: str, client: Client, anna_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = client if who == "stranger" else anna_client
    assert asking.get(READY).json() == {"ready": True, "message": "Ready."}
    readiness.forget()
    fill_disk(monkeypatch, left=0)
    response = asking.get(READY)
    assert response.status_code == 503
    assert set(response.json()) == {"ready", "message"}
    assert "disk" not in response.json()["message"]


def test_the_owner_is_told_by_token_too(client: Client, olga: Person, anna: Person) -> None:
    def asked_with(key: str) -> dict[str, Any]:
        return client.get(READY, headers={"authorization": f"Bearer {key}"}).json()

    now = timezone.now()
    assert "checks" in asked_with(token_create(owner=olga, name="monitoring", now=now)[1])
    assert "checks" not in asked_with(token_create(owner=anna, name="monitoring", now=now)[1])
    assert "checks" not in asked_with("mmc_wrong")


def test_a_storage_on_another_machine_is_asked(
    olga_client: Client, worker: WorkerPresence, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Store:
        def exists(self, name: str) -> bool:
            raise ConnectionError

    monkeypatch.setattr(readiness, "default_storage", Store())
    assert "ConnectionError" in reasons(olga_client)["storage_not_writable"]["message"]


def test_live_touches_nothing(client: Client) -> None:
    """Without access to the database, which pytest would refuse."""
    response = client.get(LIVE)
    assert (response.status_code, response.json()) == (200, {"live": True})
    assert "no-cache" in response.headers["Cache-Control"]


@pytest.mark.parametrize("path", [LIVE, READY, "/health/"])
def test_probes_may_address_a_container_by_its_ip_address(client: Client, db: None, path: str) -> None:
    assert client.get(path, headers={"host": "10.42.0.7:8000"}).status_code == 200
    assert client.get("/login/", headers={"host": "10.42.0.7:8000"}).status_code == 400


def test_many_probes_cost_one_check(client: Client, db: None, django_assert_num_queries: Any) -> None:
    client.get(READY)
    with django_assert_num_queries(0):
        for _ in range(20):
            assert client.get(READY).status_code == 200


def test_a_slow_check_holds_up_only_one_thread() -> None:
    asked, answer = threading.Event(), threading.Event()
    computed = iter(("first", "second"))

    def compute() -> str:
        value = next(computed)
        if value == "second":
            asked.set()
            assert answer.wait(60)
        return value

    cached = BrieflyCached(compute, seconds=0.0)
    assert cached.get() == "first"
    thread = threading.Thread(target=cached.get)
    thread.start()
    assert asked.wait(60)
    assert cached.get() == "first"
    answer.set()
    thread.join()


def test_checks_that_hang_count_as_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    last = readiness.Readiness({"database": True}, [])
    monkeypatch.setattr(readiness._cached, "get_with_age", lambda: (last, 16.0))
    assert [reason.code for reason in readiness.readiness().reasons] == ["checks_too_slow"]


def test_the_older_health_check_stays_as_it_was(client: Client, db: None) -> None:
    assert client.get("/health/").json() == health_report(now=timezone.now())
