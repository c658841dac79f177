"""Removes leftovers: incomplete uploads and folders without a row, which a killed process leaves, and expired rows."""

from __future__ import annotations

import logging
import shutil
import uuid
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Min

from classifier.accounts.backends import expired_failures_delete
from classifier.models import Person, Song, WorkerPresence
from classifier.monitoring.counters import expired_periods_delete
from classifier.uploads.partial_files import expired_uploads_delete
from classifier.uploads.stored_files import folder_path

logger = logging.getLogger(__name__)

UPLOAD_AGE = timedelta(days=1)
FOLDER_AGE = timedelta(hours=1)
SHARDS = 256


def clean_up(*, now: datetime) -> int:
    """Called once a minute. Each time checks one of 256 folders, so that a large library costs little."""
    removed = expired_uploads_delete(now=now) + _old_uploads(now)
    shard = int(now.timestamp() // 60) % SHARDS
    removed += orphaned_folders_delete(shard=f"{shard:02x}", now=now)
    WorkerPresence.objects.gone(now).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    expired_failures_delete(now=now)
    expired_periods_delete(now=now)
    return removed


def orphaned_folders_delete(*, shard: str, now: datetime) -> int:
    """Delete folders of songs that have no row, except young ones, whose row may follow.

    Folders that are older than the first user of this database belong to another database and stay, so that a wrong
    DATABASE_URL does not delete a library.
    """
    folder = folder_path(f"songs/{shard}")
    if not folder.is_dir():
        return 0
    first_user_at = Person.objects.aggregate(first=Min("date_joined"))["first"]
    if first_user_at is None:
        return 0
    old = {
        path.name: path
        for path in folder.iterdir()
        if _older(path, now - FOLDER_AGE) and not _older(path, first_user_at)
    }
    with_row = {song_id.hex for song_id in Song.objects.filter(id__in=_ids(old)).values_list("id", flat=True)}
    orphans = [path for name, path in old.items() if name not in with_row]
    for path in orphans:
        logger.warning("Removing the folder %s, which has no song.", path)
        shutil.rmtree(path, ignore_errors=True)
    return len(orphans)


def _ids(names: dict[str, Path]) -> list[uuid.UUID]:
    return [uuid.UUID(name) for name in names if len(name) == 32 and set(name) <= set("0123456789abcdef")]


def _old_uploads(now: datetime) -> int:
    old = [path for path in settings.FILE_UPLOAD_TEMP_DIR.glob("*.upload") if _older(path, now - UPLOAD_AGE)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _older(path: Path, moment: datetime) -> bool:
    try:
        return path.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False
