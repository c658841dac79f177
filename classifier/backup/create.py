"""Write a backup of the running installation."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.db import connection

from classifier import ml_gateway
from classifier.backup.archive import (
    BLOCK_BYTES,
    FORMAT,
    MANIFEST,
    MEDIA,
    MODELS,
    ROWS,
    SECRETS,
    SUMMARY,
    ArchiveWriter,
)
from classifier.backup.rows import SESSIONS, rows_write, tables
from classifier.backup.schema import applied_migrations
from classifier.backup.snapshot import database_snapshot
from classifier.models import OwnModel, Song
from classifier.uploads.song_storage import song_storage
from classifier.uploads.working_copies import working_folder
from mmc import __version__

FILES = ("file", "playable", "spectrogram", "cover")
SECRET_FILES = ("secret_key", "sources_key")


@dataclass
class Summary:
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    file_bytes: int = 0
    missing: list[str] = field(default_factory=list)
    """Names of files that songs should have."""
    deleted_songs: list[str] = field(default_factory=list)
    """Songs that were deleted during the backup, before their files were read."""


def backup_create(
    stream: IO[bytes], *, secrets: bool, now: datetime, on_progress: Callable[[Summary], None] = lambda summary: None
) -> Summary:
    """Write the archive. The rows come first: a song's files are written before its row and deleted after it, so every
    file that they name is there later, unless the song was deleted meanwhile."""
    summary = Summary()
    archive = ArchiveWriter(stream)
    with working_folder() as folder:
        manifest = {
            "format": FORMAT,
            "version": __version__,
            "created_at": now.isoformat(),
            "database": connection.vendor,
            "migrations": applied_migrations(),
            "secrets": secrets,
        }
        archive.add(MANIFEST, json.dumps(manifest, indent=2).encode())
        names = folder / "names"
        with database_snapshot(folder) as alias:
            paths = _write_rows(folder, alias, summary, sessions=secrets)
            _write_names(names, alias)
        for path in paths:
            archive.add_stream(f"{ROWS}{path.name}", path.stat().st_size, _blocks_of(path))
            path.unlink()
        with names.open() as lines:
            for line in lines:
                _add_file(archive, json.loads(line), summary)
                on_progress(summary)
    for path in _own_model_files():
        relative = path.relative_to(ml_gateway.own_models_folder()).as_posix()
        archive.add_stream(f"{MODELS}{relative}", path.stat().st_size, _blocks_of(path))
    if secrets:
        for name in SECRET_FILES:
            path = settings.DATA_DIR / name
            if path.is_file():
                archive.add(f"{SECRETS}{name}", path.read_bytes())
    archive.add(SUMMARY, json.dumps(vars(summary), indent=2).encode())
    archive.close()
    return summary


def _write_rows(folder: Path, alias: str, summary: Summary, *, sessions: bool) -> list[Path]:
    paths = []
    for model in tables(apps):
        label = model._meta.label_lower
        if label in SESSIONS and not sessions:
            continue
        path = folder / f"{label}.jsonl.gz"
        summary.rows[label] = rows_write(model, path, using=alias)
        paths.append(path)
    return paths


def _write_names(path: Path, alias: str) -> None:
    """The names of all files of songs, in a file, since there may be millions."""
    songs = Song.objects.using(alias).order_by("pk").values_list("id", *FILES).iterator(chunk_size=1000)
    with path.open("w") as lines:
        for song_id, *names in songs:
            for kind, name in zip(FILES, names, strict=True):
                if name:
                    lines.write(json.dumps([str(song_id), kind, name]) + "\n")


def _add_file(archive: ArchiveWriter, entry: list[str], summary: Summary) -> None:
    song_id, kind, name = entry
    if summary.deleted_songs and summary.deleted_songs[-1] == song_id:
        return
    content = _opened(name)
    if content is None:
        song = Song.objects.filter(id=uuid.UUID(song_id)).first()
        if song is None:
            summary.deleted_songs.append(song_id)
            return
        # A new analysis has replaced it by an equal one.
        current: Any = getattr(song, kind).name
        content = _opened(current) if current and current != name else None
    if content is None:
        summary.missing.append(name)
        return
    size_bytes, blocks = content
    archive.add_stream(f"{MEDIA}{name}", size_bytes, blocks)
    summary.files += 1
    summary.file_bytes += size_bytes


def _opened(name: str) -> tuple[int, Iterator[bytes]] | None:
    """Size and content of a file that is open already: it may be deleted from now on."""
    try:
        size_bytes = song_storage().stat(name).size_bytes
        blocks = song_storage().read(name)
        first = next(blocks, b"")
    except FileNotFoundError:
        return None
    return size_bytes, chain([first], blocks)


def _own_model_files() -> Iterator[Path]:
    """Those that are added. A model that only another host has is missing, as it is on this one."""
    for name in OwnModel.objects.values_list("name", flat=True):
        for file in ml_gateway.OWN_MODEL_FILES:
            path = ml_gateway.own_models_folder() / name / file
            if path.is_file():
                yield path


def _blocks_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block
