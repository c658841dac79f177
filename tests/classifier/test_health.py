"""Worker presence, the health report, the system checks, and the memory limit of a worker process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError
from django.utils import timezone

from classifier.jobs.health import health_report, worker_answers
from classifier.jobs.worker_presence import WorkerPresenceStep
from classifier.models import WorkerPresence
from tests.classifier.conftest import Disk

NOW = timezone.now()
TIMEOUT_S = 60


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_present_from_start_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    written = threading.Event()
    # Called after each write, whether it succeeds or not.
    monkeypatch.setattr("classifier.jobs.worker_presence.connection", SimpleNamespace(close=_closing(written)))
    worker = SimpleNamespace(hostname="celery@here")
    step = WorkerPresenceStep(worker)
    step.start(worker)
    assert written.wait(TIMEOUT_S)
    assert worker_answers(now=timezone.now())
    step.stop(worker)
    assert not WorkerPresence.objects.exists()
    assert not any(thread.name == "worker-presence" for thread in threading.enumerate())


def _closing(written: threading.Event) -> Any:
    from django.db import connection

    def close() -> None:
        connection.close()
        written.set()

    return close


def test_a_worker_without_a_recent_update_counts_as_gone(db: None) -> None:
    WorkerPresence.objects.create(name="celery@here", started_at=NOW, seen_at=NOW)
    assert worker_answers(now=NOW + timedelta(seconds=9))
    assert not worker_answers(now=NOW + timedelta(seconds=11))


def test_health_reports_database_broker_and_worker(db: None) -> None:
    assert health_report(now=NOW) == {
        "ok": True,
        "database": True,
        "broker": True,
        "worker": False,
        "disk": True,
    }


def test_health_reports_that_only_the_reserve_of_the_disk_is_left(db: None, disk: Disk) -> None:
    disk.leave(-1)
    report = health_report(now=NOW)
    assert (report["ok"], report["disk"]) == (True, False)


def test_health_reports_that_the_database_is_down(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def down() -> None:
        raise DatabaseError

    monkeypatch.setattr("classifier.jobs.health.connection", SimpleNamespace(cursor=down))
    report = health_report(now=NOW)
    assert (report["ok"], report["database"], report["broker"], report["worker"]) == (False, False, True, False)


def test_health_reports_that_redis_is_down(db: None, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert health_report(now=NOW)["broker"] is False


def hints(tag: str) -> dict[str, str]:
    """The hints of the system checks that fail, by their ids."""
    return {message.id: message.hint for message in run_checks(tags=[tag])}


def test_a_check_finds_a_folder_that_is_not_writable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifier.checks.os.access", lambda place, mode: False)
    assert "DATA_DIR" in hints("files")["classifier.E001"]


def test_a_check_finds_a_disk_that_is_nearly_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifier.checks.LOW_DISK_BYTES", 1 << 70)
    assert "Delete files" in hints("files")["classifier.W002"]


def test_a_check_finds_debug_on_a_public_site(settings: Any) -> None:
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["music.example.org"]
    assert "classifier.E004" in hints("security")


def test_a_check_finds_a_public_site_without_https(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["music.example.org"]
    assert "HTTPS=true" in hints("security")["classifier.W005"]


def test_a_check_finds_https_without_a_configured_proxy(settings: Any) -> None:
    settings.HTTPS = True
    assert "TRUST_PROXY" in hints("security")["classifier.W006"]


def test_the_checks_pass_on_a_local_site() -> None:
    assert hints("security") == {}


def test_a_check_finds_missing_models(settings: Any, tmp_path: Path) -> None:
    settings.MODEL_BUNDLES_DIR = tmp_path
    settings.MODEL_BUNDLE = "mood-9"
    assert "bundle mood-9" in hints("models")["classifier.W003"]


def test_the_memory_of_a_worker_process_is_limited() -> None:
    code = (
        "import django; django.setup()\n"
        "from classifier.jobs.process_limits import limit_memory; limit_memory()\n"
        "try: bytearray(3_000_000_000)\n"
        "except MemoryError: print('out of memory')"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "MAX_MEMORY_MB": "2000"}
    process = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert process.stdout == "out of memory\n"
