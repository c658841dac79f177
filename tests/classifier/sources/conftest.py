from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import mutagen.id3
import mutagen.wave
import pytest

from classifier.models import Person, Song, SongLocation, Source, SourceKind
from classifier.sources.scan import source_scan
from tests.classifier.fake_analysis import wav

START = datetime(2026, 11, 1, 12, tzinfo=UTC)

Scan = Callable[..., Source]


@pytest.fixture
def music(tmp_path: Path, settings: Any) -> Path:
    """A folder in MUSIC_DIRS, which is empty."""
    folder = tmp_path / "music"
    folder.mkdir()
    settings.MUSIC_DIRS = [folder]
    return folder


@pytest.fixture
def source(anna: Person, music: Path) -> Source:
    """That folder as a source of Anna's."""
    return Source.objects.create(owner=anna, kind=SourceKind.FOLDER, name="Music", address=str(music), created_at=START)


@pytest.fixture
def scan(source: Source) -> Scan:
    """Scans the source, `days` after the start."""

    def scan(days: float = 0) -> Source:
        now = START + timedelta(days=days)
        assert source_scan(source, now, clock=lambda: now)
        source.refresh_from_db()
        return source

    return scan


def write_song(path: Path, mark: int = 0, **tags: str) -> Path:
    """A short sound. Each mark makes another one, and tags do not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(wav(mark=mark))
    if tags:
        write_tags(path, **tags)
    return path


def write_tags(path: Path, *, title: str, artist: str = "Field") -> None:
    file = mutagen.wave.WAVE(path)
    if file.tags is None:
        file.add_tags()
    assert file.tags is not None
    file.tags.add(mutagen.id3.TIT2(text=[title]))
    file.tags.add(mutagen.id3.TPE1(text=[artist]))
    file.save()


def songs_by_key(source: Source) -> dict[str, Song | None]:
    """What is there now."""
    locations = SongLocation.objects.filter(source=source, missing_since=None).select_related("song")
    return {location.key: location.song for location in locations}


def only_song() -> Song:
    return Song.objects.get()
