"""Reading pages and the API needs no write, so that it works on a full disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.accounts.tokens import token_create, token_of_key
from classifier.jobs.analyse import song_analyse
from classifier.models import ApiToken, Person
from mmc.database import hold_open
from tests.classifier.conftest import Submit
from tests.classifier.fake_analysis import FakeAnalyser
from tests.classifier.test_full_disk import FullDatabase

NOW = timezone.now()


@contextmanager
def read_only() -> Iterator[None]:
    """A database that refuses every write."""
    connection.connection.execute("PRAGMA query_only = ON")
    try:
        yield
    finally:
        connection.connection.execute("PRAGMA query_only = OFF")


@pytest.mark.django_db(transaction=True)
def test_pages_and_the_api_read_without_writing(
    anna: Person, anna_client: Client, submit: Submit, analyser: FakeAnalyser
) -> None:
    song = submit()
    song_analyse(song_id=song.id)
    _, key = token_create(owner=anna, name="a script", now=NOW)
    program = Client(headers={"Authorization": f"Bearer {key}"})
    pages = ["home", "song-list", "mood-map", "mood-points", "mood-time", "songs-csv", "health", "tokens"]
    addresses = [*map(reverse, pages), reverse("song-detail", args=[song.id]), reverse("song-audio", args=[song.id])]
    with read_only():
        for address in addresses:
            assert anna_client.get(address).status_code == 200, address
        for address in ("/api/predictions/", f"/api/predictions/{song.id}/", "/api/model/"):
            assert program.get(address).status_code == 200, address


def test_the_last_use_of_a_token_is_stored_once_a_minute(anna: Person, django_assert_num_queries: Any) -> None:
    _, key = token_create(owner=anna, name="a script", now=NOW)
    token_of_key(key=key, now=NOW)
    with django_assert_num_queries(1):
        token_of_key(key=key, now=NOW + timedelta(seconds=59))
    assert ApiToken.objects.get().last_used_at == NOW
    token_of_key(key=key, now=NOW + timedelta(seconds=61))
    assert ApiToken.objects.get().last_used_at == NOW + timedelta(seconds=61)


def test_a_last_use_that_cannot_be_stored_is_no_reason_to_reject_a_token(anna: Person) -> None:
    token, key = token_create(owner=anna, name="a script", now=NOW)
    with connection.execute_wrapper(FullDatabase(failures=1)):
        assert token_of_key(key=key, now=NOW) == token
    assert ApiToken.objects.get().last_used_at is None


def test_a_web_process_keeps_the_memory_that_sqlite_shares(tmp_path: Path) -> None:
    """On a full disk it could not be created again, and nobody could read."""
    path = tmp_path / "db.sqlite3"
    shared = tmp_path / "db.sqlite3-shm"

    def use() -> None:
        with closing(sqlite3.connect(path)) as other:
            other.execute("PRAGMA journal_mode = WAL")
            other.execute("CREATE TABLE IF NOT EXISTS songs (id)")

    use()
    assert not shared.exists()
    held = hold_open({"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)})
    use()
    assert shared.exists()
    assert held is not None
    held.close()
    assert hold_open({"ENGINE": "django.db.backends.postgresql", "NAME": "mood"}) is None
