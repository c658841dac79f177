"""A folder that may be written, with songs that are scanned and analysed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from classifier.models import Analysis, Person, Song, SongLocation, Source, SourceKind, Status, TagJob
from classifier.services.tag_jobs import tag_job_create
from classifier.sources.folder_paths import file_path
from classifier.sources.scan import source_scan
from classifier.tagging.run import tag_job_run
from ml.audio.audio_hash import audio_hash
from ml.audio.tag_writing.fields import moods_of
from ml.audio.tag_writing.writing import read_fields
from tests import sounds
from tests.classifier.fake_analysis import mood

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
LATER = START + timedelta(days=1)

AddSong = Callable[..., Path]


@pytest.fixture
def owner(olga: Person) -> Person:
    """Who may write: an owner of the installation."""
    return olga


@pytest.fixture
def music(tmp_path: Path, settings: Any) -> Path:
    folder = tmp_path / "music"
    folder.mkdir()
    settings.MUSIC_DIRS = settings.MUSIC_DIRS_WRITABLE = [folder]
    return folder


@pytest.fixture
def source(owner: Person, music: Path) -> Source:
    return Source.objects.create(
        owner=owner, kind=SourceKind.FOLDER, name="Music", address=str(music), created_at=START
    )


@pytest.fixture(scope="session")
def encoded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Path]:
    """A short song in one format, encoded once."""
    folder = tmp_path_factory.mktemp("encoded")

    def song(suffix: str, seed: int) -> Path:
        path = folder / f"{seed}{suffix}"
        return (
            path if path.exists() else sounds.write(path, sounds.music(1.0, seed=seed), tags={"title": f"Piece {seed}"})
        )

    return song


@pytest.fixture
def add_song(source: Source, music: Path, encoded: Callable[[str, int], Path]) -> AddSong:
    """A file in the folder, scanned and analysed; fields of the analysis and the song may be given."""

    def add(name: str, seed: int = 1, *, stated: str = "", **fields: Any) -> Path:
        path = music / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(encoded(path.suffix, seed), path)
        scan(source)
        location = SongLocation.objects.get(source=source, key=name)
        Song.objects.filter(id=location.song_id).update(
            status=Status.DONE,
            audio_hash=audio_hash(path),
            actual_primary=stated,
            finished_at=START,
            sha256=f"{seed:064}",
        )
        values = {"primary": "sad", "secondary": "tender", "certain": True} | fields
        numbers = {"valence": 3.5, "arousal": 2.25, "agreement": 0.9}
        Analysis.objects.create(
            song_id=location.song_id, model_version="mood-5", created_at=START, **{**mood(), **numbers, **values}
        )
        return path

    return add


def scan(source: Source) -> dict[str, int]:
    """What the scan found."""
    source_scan(source, START, clock=lambda: START)
    source.refresh_from_db()
    return dict(source.scan_counts)


def preview(source: Source, **options: Any) -> TagJob:
    chosen = {"values": "sides", "existing": "keep", "with_numbers": False} | options
    job = tag_job_create(source=source, owner=source.owner, now=LATER, **chosen)
    return run(job)


def run(job: TagJob) -> TagJob:
    assert tag_job_run(job, LATER, clock=lambda: LATER)
    job.refresh_from_db()
    return job


def moods(path: Path) -> list[str]:
    return moods_of(read_fields(path).fields)


def state_of(source: Source, key: str) -> tuple[int, int, str]:
    state = os.stat(file_path(source.address, key))
    return state.st_size, state.st_mtime_ns, f"{state.st_dev:x}:{state.st_ino:x}"
