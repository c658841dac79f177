"""The sweep's command, leftovers, presence of workers, health and the checks at the start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from classifier.jobs.clean_up import clean_up, orphaned_folders_delete
from classifier.jobs.health import health_report, worker_answers
from classifier.jobs.lease import song_claim
from classifier.jobs.sweep import songs_sweep
from classifier.jobs.worker_presence import WorkerPresenceStep
from classifier.models import Person, Song, WorkerPresence
from tests.classifier.conftest import Submit, files_under

NOW = timezone.now()
OLD = (NOW - timedelta(days=2)).timestamp()


def test_the_sweep_says_what_it_did(song: Song) -> None:
    song_claim(song_id=song.id, now=NOW - timedelta(minutes=5))
    out = StringIO()
    call_command("sweep", stdout=out)
    assert out.getvalue() == "1 requeued, 0 failed, 0 sent again.\n"


def test_the_sweep_goes_on_until_it_is_told_to_stop(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def swept(now: Any) -> None:
        calls.append(now)
        if len(calls) == 1:
            raise DatabaseError("the server restarts")
        if len(calls) == 3:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("classifier.management.commands.sweep.songs_sweep", swept)
    monkeypatch.setattr("classifier.management.commands.sweep.connections.close_all", lambda: None)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        call_command("sweep", "--every", "0.1")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert len(calls) == 3


def test_folders_without_a_row_are_removed_once_they_are_old(song: Song, media: Path) -> None:
    Person.objects.update(date_joined=NOW - timedelta(days=3))
    shard = song.id.hex[-2:]
    orphan = media / "songs" / shard / "00000000000070008000000000000000"
    young = media / "songs" / shard / "00000000000070008000000000000001"
    for folder in (orphan, young):
        folder.mkdir(parents=True)
        (folder / "source.mp3").write_bytes(b"x")
    for folder in (orphan, Path(song.file.path).parent):
        os.utime(folder, (OLD, OLD))

    assert orphaned_folders_delete(shard=shard, now=NOW) == 1

    assert not orphan.exists()
    assert len(files_under(media)) == 2


def test_another_databases_library_is_no_leftover(anna: Person, media: Path) -> None:
    """Its folders are older than anybody whom this database knows."""
    folder = media / "songs" / "01" / "00000000000070008000000000000001"
    folder.mkdir(parents=True)
    os.utime(folder, (OLD, OLD))
    assert orphaned_folders_delete(shard="01", now=NOW) == 0
    Person.objects.all().delete()
    assert orphaned_folders_delete(shard="01", now=NOW) == 0
    assert folder.exists()


def test_uploads_that_broke_off_are_removed_once_they_are_old(db: None) -> None:
    incoming = Path(configured.FILE_UPLOAD_TEMP_DIR)
    old, young = incoming / "old.upload", incoming / "young.upload"
    for file in (old, young):
        file.write_bytes(b"x")
    os.utime(old, (OLD, OLD))
    clean_up(now=NOW)
    assert (old.exists(), young.exists()) == (False, True)
    young.unlink()


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_present_from_start_to_stop() -> None:
    worker = SimpleNamespace(hostname="celery@here")
    step = WorkerPresenceStep(worker)
    step.start(worker)
    end = time.monotonic() + 5
    while not worker_answers(now=timezone.now()) and time.monotonic() < end:
        time.sleep(0.02)
    assert worker_answers(now=timezone.now())
    step.stop(worker)
    assert not WorkerPresence.objects.exists()
    assert not any(thread.name == "presence" for thread in threading.enumerate())


def test_a_worker_that_fell_silent_does_not_answer(db: None) -> None:
    WorkerPresence.objects.create(name="celery@here", started_at=NOW, seen_at=NOW)
    assert worker_answers(now=NOW + timedelta(seconds=9))
    assert not worker_answers(now=NOW + timedelta(seconds=11))


def test_health_tells_of_database_broker_and_worker(db: None) -> None:
    assert health_report(now=NOW) == {"ok": True, "database": True, "broker": True, "worker": False}


def test_health_tells_that_the_database_is_away(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise DatabaseError

    monkeypatch.setattr("classifier.jobs.health.connection", SimpleNamespace(cursor=away))
    assert health_report(now=NOW) == {"ok": False, "database": False, "broker": True, "worker": False}


def test_health_tells_that_redis_is_away(db: None, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert health_report(now=NOW)["broker"] is False


def found(tag: str) -> dict[str, str]:
    return {message.id: message.hint for message in run_checks(tags=[tag])}


def test_a_folder_that_cannot_be_written_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifier.checks.os.access", lambda place, mode: False)
    assert "DATA_DIR" in found("files")["classifier.E001"]


def test_a_disk_that_is_nearly_full_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifier.checks.LOW_DISK_BYTES", 1 << 70)
    assert "Delete files" in found("files")["classifier.W002"]


def test_debug_where_strangers_come_is_found(settings: Any) -> None:
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["music.example.org"]
    assert "classifier.E004" in found("security")


def test_a_public_site_without_https_is_found(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["music.example.org"]
    assert "HTTPS=true" in found("security")["classifier.W005"]


def test_https_without_its_proxy_is_found(settings: Any) -> None:
    settings.HTTPS = True
    assert "TRUST_PROXY" in found("security")["classifier.W006"]


def test_a_site_at_home_is_quiet() -> None:
    assert found("security") == {}


def test_models_that_are_missing_are_found(settings: Any, tmp_path: Path) -> None:
    settings.MODEL_BUNDLES_DIR = tmp_path
    settings.MODEL_BUNDLE = "mood-9"
    assert "bundle mood-9" in found("models")["classifier.W003"]


def test_a_process_that_listens_has_no_more_than_its_memory() -> None:
    code = (
        "import django; django.setup()\n"
        "from classifier.jobs.process_limits import limit_memory; limit_memory()\n"
        "try: bytearray(3_000_000_000)\n"
        "except MemoryError: print('refused')"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "MAX_MEMORY_MB": "2000"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"


def test_a_broker_that_is_away_does_not_keep_the_sweep(submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr("classifier.jobs.sweep.enqueue", lambda song_id, now: asked.append(song_id))
    for mark in range(3):
        submit(mark=mark)
    assert songs_sweep(now=NOW + timedelta(hours=1)).resent == 0
    assert len(asked) == 1


def test_sessions_that_ended_are_forgotten(anna_client: Client) -> None:
    clean_up(now=NOW)
    assert Session.objects.count() == 1
    clean_up(now=NOW + timedelta(days=60))
    assert not Session.objects.exists()
