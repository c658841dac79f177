"""The sweep command, and the clean-up of leftover files and expired rows."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from classifier.jobs.clean_up import clean_up, orphaned_folders_delete
from classifier.jobs.lease import song_claim
from classifier.jobs.sweep import songs_sweep
from classifier.models import Person, Song
from tests.classifier.conftest import Submit, files_under

NOW = timezone.now()
OLD = (NOW - timedelta(days=2)).timestamp()


def test_the_sweep_prints_its_result(song: Song) -> None:
    song_claim(song_id=song.id, now=NOW - timedelta(minutes=5))
    out = StringIO()
    call_command("sweep", stdout=out)
    assert out.getvalue() == "1 requeued, 0 failed, 0 sent again.\n"


def test_the_sweep_repeats_until_it_is_stopped(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def sweep(now: Any) -> None:
        calls.append(now)
        if len(calls) == 1:
            raise DatabaseError("the server restarts")
        if len(calls) == 3:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("classifier.management.commands.sweep.songs_sweep", sweep)
    monkeypatch.setattr("classifier.management.commands.sweep.connections.close_all", lambda: None)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        call_command("sweep", "--every", "0.1")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert len(calls) == 3


def test_a_broker_that_is_down_does_not_delay_the_sweep(submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = []
    monkeypatch.setattr("classifier.jobs.sweep.enqueue", lambda song_id, now: attempts.append(song_id))
    for mark in range(3):
        submit(mark=mark)
    assert songs_sweep(now=NOW + timedelta(hours=1)).resent == 0
    assert len(attempts) == 1


def test_old_folders_without_a_row_are_deleted(song: Song, media: Path) -> None:
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


def test_the_library_of_another_database_is_not_deleted(anna: Person, media: Path) -> None:
    """Its folders are older than every user of this database."""
    folder = media / "songs" / "01" / "00000000000070008000000000000001"
    folder.mkdir(parents=True)
    os.utime(folder, (OLD, OLD))
    assert orphaned_folders_delete(shard="01", now=NOW) == 0
    Person.objects.all().delete()
    assert orphaned_folders_delete(shard="01", now=NOW) == 0
    assert folder.exists()


def test_old_incomplete_uploads_are_deleted(db: None) -> None:
    incoming = Path(configured.FILE_UPLOAD_TEMP_DIR)
    old, young = incoming / "old.upload", incoming / "young.upload"
    for file in (old, young):
        file.write_bytes(b"x")
    os.utime(old, (OLD, OLD))
    clean_up(now=NOW)
    assert (old.exists(), young.exists()) == (False, True)
    young.unlink()


def test_expired_sessions_are_deleted(anna_client: Client) -> None:
    clean_up(now=NOW)
    assert Session.objects.count() == 1
    clean_up(now=NOW + timedelta(days=60))
    assert not Session.objects.exists()
