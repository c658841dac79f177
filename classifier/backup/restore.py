"""Restore a backup into an installation without users."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.core.files import File
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, transaction

from classifier import ml_gateway
from classifier.backup.archive import ArchiveError, ArchiveMember, ArchiveReader
from classifier.backup.create import SECRET_FILES
from classifier.backup.rows import rows_read, rows_replace, sequences_reset, tables
from classifier.backup.schema import migrate_to
from classifier.models import Person, Song
from classifier.uploads.song_storage import song_storage

# What rows that are no longer those of the backup raise.
DAMAGE = (zlib.error, EOFError, gzip.BadGzipFile, ValueError, KeyError)
# The table of the first versions, and of later ones.
UPLOADS = {"classifier.arrivingfile", "classifier.resumableupload"}
NAME = re.compile(r"songs/[0-9a-f]{2}/[0-9a-f]{32}/[\w-]+(\.\w+)?", re.ASCII)


@dataclass
class Restored:
    version: str = ""
    people: int = 0
    songs: int = 0
    files: list[str] = field(default_factory=list)
    model_files: list[Path] = field(default_factory=list)
    missing: int = 0
    """Files that the archive does not have either."""
    secrets: bool = False


class StreamedFile(File):
    """A member of the archive as the storage reads a file: once, from its start."""

    def __init__(self, member: ArchiveMember) -> None:
        super().__init__(cast(Any, member), member.name.rpartition("/")[2])
        self.member = member

    @property
    def size(self) -> int:
        return self.member.size_bytes

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        return self.member.blocks()

    def read(self, size: int = -1) -> bytes:
        return self.member.read(size)

    def seekable(self) -> bool:
        return False


def backup_restore(stream: IO[bytes]) -> Restored:
    """Restore all of it or nothing. Raises ArchiveError."""
    _require_empty()
    restored = Restored()
    reader = ArchiveReader(stream)
    members = iter(reader)
    first = next(members, None)  # behind the manifest
    if first is None:
        raise ArchiveError("The archive is empty.")
    restored.version = str(reader.manifest.get("version"))
    apps = migrate_to(reader.manifest["migrations"], restored.version)
    models = {model._meta.label_lower: model for model in tables(apps)}
    try:
        # The rows become visible only once every checksum is right.
        with transaction.atomic():
            secrets = _read_members(chain([first], members), models, restored)
            _forget_songs(models, reader.summary.get("deleted_songs", ()))
            _forget_uploads(models)
            sequences_reset(list(models.values()), using=DEFAULT_DB_ALIAS)
            connection.check_constraints()
    except BaseException:
        for name in restored.files:
            song_storage().delete(name)
        for path in restored.model_files:
            shutil.rmtree(path.parent, ignore_errors=True)
        raise
    for name, content in secrets.items():
        _write_secret(name, content)
    restored.secrets = bool(secrets)
    restored.missing = len(reader.summary.get("missing", ()))
    call_command("migrate", interactive=False, verbosity=0)
    restored.people, restored.songs = Person.objects.count(), Song.objects.count()
    return restored


def _require_empty() -> None:
    try:
        people, songs = Person.objects.count(), Song.objects.count()
    except DatabaseError:
        return  # no tables yet
    if people or songs:
        raise ArchiveError(
            f"This installation has {people} users and {songs} songs: restore into an empty one, "
            "such as a new DATA_DIR or a new database."
        )


def _read_members(members: Iterable[ArchiveMember], models: dict[str, Any], restored: Restored) -> dict[str, bytes]:
    """Returns the secrets."""
    secrets = {}
    for member in members:
        folder, _, name = member.name.partition("/")
        if folder == "rows":
            label = name.removesuffix(".jsonl.gz")
            if label not in models:
                raise ArchiveError(f"The archive has rows of {label}, which its migrations do not create.")
            try:
                rows_replace(models[label], rows_read(cast(IO[bytes], member)), using=DEFAULT_DB_ALIAS)
            except DAMAGE as error:
                raise ArchiveError(f"The archive is damaged: {member.name} cannot be read ({error}).") from error
        elif folder == "media":
            _restore_file(name, member, restored)
        elif folder == "models":
            _restore_model_file(name, member, restored)
        elif folder == "secrets" and name in SECRET_FILES:
            secrets[name] = member.read()
        else:
            raise ArchiveError(f"The archive has {member.name}, which this version does not know.")
    return secrets


def _restore_file(name: str, member: ArchiveMember, restored: Restored) -> None:
    if not NAME.fullmatch(name):
        raise ArchiveError(f"The archive has {member.name}, which is no file of a song.")
    storage = song_storage()
    if not storage.is_shared and storage.exists(name):  # left over from another database; a bucket overwrites it
        storage.delete(name)
    restored.files.append(name)
    storage.save(name, StreamedFile(member))


def _restore_model_file(name: str, member: ArchiveMember, restored: Restored) -> None:
    """One of an own model. Files of the same name in this DATA_DIR belong to no row: the installation is empty."""
    model, _, file = name.partition("/")
    if not ml_gateway.OWN_MODEL_NAME.fullmatch(model) or file not in ml_gateway.OWN_MODEL_FILES:
        raise ArchiveError(f"The archive has {member.name}, which is no file of a model.")
    path = ml_gateway.own_models_folder() / model / file
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    restored.model_files.append(path)
    with path.open("wb") as stored:
        for block in member.blocks():
            stored.write(block)


def _forget_songs(models: dict[str, Any], ids: Sequence[str]) -> None:
    """Songs that were deleted during the backup, so that their files are not in it."""
    for start in range(0, len(ids), 500):
        models["classifier.song"].objects.filter(id__in=ids[start : start + 500]).delete()


def _forget_uploads(models: dict[str, Any]) -> None:
    """Uploads in progress, whose bytes no backup has."""
    for label in UPLOADS & models.keys():
        for upload in models[label].objects.all():
            if getattr(upload, "song_id", None) is None:
                upload.delete()


def _write_secret(name: str, content: bytes) -> None:
    descriptor, draft = tempfile.mkstemp(prefix=f"{name}.", dir=settings.DATA_DIR)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    os.replace(draft, settings.DATA_DIR / name)
