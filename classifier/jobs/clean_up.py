"""Removes leftovers: incomplete uploads and folders without a row, which a killed process leaves, expired rows, and
what is in the bin for too long."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, Min, OuterRef

from classifier.accounts.attempt_limits import old_attempts_delete
from classifier.accounts.invitations import old_invitations_delete
from classifier.accounts.quotas import music_forget
from classifier.accounts.security_log import events_prune
from classifier.accounts.sessions import ended_sessions_delete
from classifier.models import (
    CorrectionFile,
    Cover,
    IdempotentRequest,
    Person,
    ResumableUpload,
    Song,
    WebhookMessage,
    WorkerPresence,
)
from classifier.monitoring.counters import expired_periods_delete
from classifier.recordings.copies import hidden_copies_show
from classifier.sources.missing_songs import missing_songs_delete
from classifier.uploads.disk_reserve import has_room
from classifier.uploads.partial_files import expired_uploads_delete, old_partial_files_delete
from classifier.uploads.song_deletion import BATCH_SIZE, bin_make_room, songs_delete
from classifier.uploads.song_storage import song_storage
from classifier.uploads.stored_files import delete_folder
from classifier.uploads.upload_blocks import orphaned_blocks_delete
from classifier.uploads.working_copies import left_over_folders_delete

logger = logging.getLogger(__name__)

FOLDER_AGE = timedelta(hours=1)
UNCONFIRMED_AGE = timedelta(days=1)
MESSAGES_KEPT_FOR = timedelta(days=7)
SHARDS = 256


def clean_up(*, now: datetime) -> int:
    """Called once a minute. Each time checks one of 256 folders, so that a large library costs little."""
    # A time in the future is from before the clock was set back.
    ResumableUpload.objects.filter(touched_at__gt=now + FOLDER_AGE).update(touched_at=now)
    removed = expired_uploads_delete(now=now) + old_partial_files_delete(now=now) + left_over_folders_delete()
    expired_songs_delete(now=now)
    if not has_room():
        bin_make_room(has_room=has_room)
    shard = int(now.timestamp() // 60) % SHARDS
    removed += orphaned_folders_delete(shard=f"{shard:02x}", now=now)
    if shard % 64 == 0:  # about once an hour
        removed += orphaned_blocks_delete(older_than=now - FOLDER_AGE)
        unused_covers_delete()
        hidden_copies_show()
    WorkerPresence.objects.gone(now).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    IdempotentRequest.objects.filter(started_at__lt=now - IdempotentRequest.KEPT_FOR).delete()
    ended_sessions_delete()
    old_attempts_delete(now=now)
    CorrectionFile.objects.filter(created_at__lt=now - UNCONFIRMED_AGE).delete()
    old_messages_delete(now=now)
    expired_periods_delete(now=now)
    old_invitations_delete(now=now)
    events_prune(now=now)
    music_forget(now=now)
    removed += missing_songs_delete(now=now)
    return removed


def expired_songs_delete(*, now: datetime) -> int:
    """Delete the songs permanently that are longer than BIN_DAYS in the bin. Returns their number.

    At most some hundred at once, so that a bin of a whole library does not stop everything else.
    """
    # A time in the future is from before the clock was set back.
    Song.objects.in_bin().filter(deleted_at__gt=now + FOLDER_AGE).update(deleted_at=now)
    expired = Song.objects.in_bin().filter(deleted_at__lte=now - timedelta(days=settings.BIN_DAYS))
    ids = list(expired.longest_in_bin_first().values_list("id", flat=True)[:BATCH_SIZE])
    return songs_delete(ids=ids)


def unused_covers_delete() -> int:
    """Delete covers whose last song is gone. Returns the number of rows."""
    unused = Cover.objects.filter(~Exists(Song.objects.filter(cover_image=OuterRef("pk")))).values_list("pk", flat=True)
    deleted, _ = Cover.objects.filter(pk__in=list(unused[:BATCH_SIZE])).delete()
    return deleted


def old_messages_delete(*, now: datetime) -> int:
    """Delete messages of webhooks that are older than a week, however they ended."""
    old = WebhookMessage.objects.filter(created_at__lt=now - MESSAGES_KEPT_FOR).values_list("pk", flat=True)
    deleted, _ = WebhookMessage.objects.filter(pk__in=list(old[:5000])).delete()
    return deleted


def orphaned_folders_delete(*, shard: str, now: datetime) -> int:
    """Delete folders of songs that have no row, except young ones, whose row may follow.

    Folders that are older than the first user of this database belong to another database and stay, so that a wrong
    DATABASE_URL does not delete a library.
    """
    first_user_at = Person.objects.aggregate(first=Min("date_joined"))["first"]
    if first_user_at is None:
        return 0
    parent = f"songs/{shard}"
    old = [
        name for name, changed_at in song_storage().folders(parent) if first_user_at <= changed_at < now - FOLDER_AGE
    ]
    with_row = {song_id.hex for song_id in Song.objects.filter(id__in=_ids(old)).values_list("id", flat=True)}
    orphans = [name for name in old if name not in with_row]
    for name in orphans:
        logger.warning("Removing the folder %s/%s, which has no song.", parent, name)
        delete_folder(f"{parent}/{name}")
    return len(orphans)


def _ids(names: list[str]) -> list[uuid.UUID]:
    return [uuid.UUID(name) for name in names if len(name) == 32 and set(name) <= set("0123456789abcdef")]
