from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from classifier.models import Person, Song
from classifier.services.song_submit import song_submit
from classifier.uploads.disk_reserve import reserve_bytes
from tests.classifier.fake_analysis import FakeAnalyser, upload

Submit = Callable[..., Song]


@pytest.fixture
def analyser(monkeypatch: pytest.MonkeyPatch) -> FakeAnalyser:
    """Takes the place of the models. Browsers can play every file."""
    analyser = FakeAnalyser()
    monkeypatch.setattr("classifier.ml_gateway.analyse", analyser.analyse)
    monkeypatch.setattr("classifier.ml_gateway.playable_copy", lambda source, target: False)
    return analyser


@pytest.fixture
def submit(anna: Person) -> Submit:
    """Submits a song of Anna's. Each mark makes a different file."""

    def submit(mark: int = 0, owner: Person = anna, name: str = "song.wav") -> Song:
        song, _ = song_submit(owner=owner, upload=upload(name, mark), now=timezone.now())
        return song

    return submit


@pytest.fixture
def song(submit: Submit) -> Song:
    """A queued song of Anna's."""
    return submit()


@pytest.fixture
def no_progress() -> Callable[[str, int, int], None]:
    return lambda stage, done, total: None


def files_under(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


class Disk:
    """Takes the place of the real disk, as far as its free space is concerned."""

    def __init__(self) -> None:
        self.free_bytes = 1 << 40

    def leave(self, room_bytes: int) -> None:
        """So much room for uploads and analyses, beside the reserve."""
        self.free_bytes = reserve_bytes() + room_bytes


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr("classifier.uploads.disk_reserve.free_bytes", lambda: disk.free_bytes)
    return disk
