"""Users and their clients."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from classifier.api import throttling
from classifier.models import Person
from classifier.monitoring import readiness, snapshot
from classifier.uploads.running_forms import running_forms
from tests.without_ffmpeg import no_ffmpeg as no_ffmpeg

PASSWORD = "open sesame, please"


@pytest.fixture(autouse=True)
def _clean_state(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test starts without files, messages and cached values."""
    sent: list[str] = []
    monkeypatch.setattr("classifier.jobs.queue.app.send_task", lambda name, args: sent.append(args[0]))
    cache.clear()
    throttling._leases.clear()
    running_forms._forms.clear()
    readiness.forget()
    snapshot.forget()
    yield
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    for file in settings.FILE_UPLOAD_TEMP_DIR.glob("*.upload"):
        file.unlink()


@pytest.fixture
def media() -> Path:
    """The folder of the songs' files."""
    return Path(settings.MEDIA_ROOT)


@pytest.fixture
def olga(db: None) -> Person:
    """The owner of the installation."""
    return Person.objects.create_superuser("olga", password=PASSWORD)


@pytest.fixture
def anna(db: None) -> Person:
    """A user with songs."""
    return Person.objects.create_user("anna", password=PASSWORD)


@pytest.fixture
def boris(db: None) -> Person:
    """Another user, who must never see Anna's songs."""
    return Person.objects.create_user("boris", password=PASSWORD)


@pytest.fixture
def anna_client(anna: Person) -> Client:
    return _signed_in(anna)


@pytest.fixture
def boris_client(boris: Person) -> Client:
    return _signed_in(boris)


@pytest.fixture
def olga_client(olga: Person) -> Client:
    return _signed_in(olga)


def _signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def patient_presence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker answers for an hour after it was seen, so that it does however slow the machine is."""
    monkeypatch.setattr("classifier.querysets.PRESENCE_S", 3600)
