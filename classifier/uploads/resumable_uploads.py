"""A file is announced, before its first byte."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import BinaryIO

from django.conf import settings

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.models import Person, ResumableUpload, Song, Status
from classifier.services.song_retry import song_retry
from classifier.services.song_submit import song_submit
from classifier.uploads.file_names import display_name
from classifier.uploads.limits import disk_full, file_empty, file_too_large, max_upload_bytes
from classifier.uploads.partial_files import (
    CompletedFile,
    bytes_on_disk,
    checksums,
    locked_partial_file,
    partial_file_path,
    read_at,
    remove,
    write_at,
)
from classifier.uploads.stored_files import disk_full_as_error

# Nobody sends so many at once; whoever begins more without end is stopped before the disk is full of beginnings.
MAX_UNFINISHED_UPLOADS = 200


def resumable_upload_create(*, owner: Person, name: str, size_bytes: int, now: datetime) -> ResumableUpload:
    """Refuse at once what its size alone refuses: a large file is not sent for nothing."""
    if size_bytes <= 0:
        raise file_empty()
    if size_bytes > max_upload_bytes():
        raise file_too_large()
    if ResumableUpload.objects.for_owner(owner).count() >= MAX_UNFINISHED_UPLOADS:
        raise ProductError(
            "arriving_too_many",
            f"You have {MAX_UNFINISHED_UPLOADS} unfinished uploads, and no more are allowed: "
            "cancel some of them, or wait for a day, after which they are removed.",
            HTTPStatus.CONFLICT,
        )
    with disk_full_as_error():
        settings.FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(settings.FILE_UPLOAD_TEMP_DIR).free < size_bytes:
            raise disk_full()
        return ResumableUpload.objects.create(
            owner=owner, file_name=display_name(name), size_bytes=size_bytes, created_at=now, touched_at=now
        )


def existing_song(*, owner: Person, sha256: str, now: datetime) -> Song | None:
    """The owner's song with this content, which need not be sent again; one without an answer gets another chance."""
    song = Song.objects.for_owner(owner).filter(sha256=sha256).with_analysis().first() if sha256 else None
    if song is None or not song.file.storage.exists(song.file.name):
        return None
    if song.status in (Status.FAILED, Status.CANCELLED):
        return song_retry(song=song, now=now)
    return song


@dataclass(frozen=True)
class AppendResult:
    received_bytes: int
    song: Song | None = None
    created: bool = False


def resumable_upload_append(*, file: ResumableUpload, offset: int, part: bytes, now: datetime) -> AppendResult:
    """Keep a part that begins at `offset`, of which some may be there already: that must be the very same bytes."""
    with locked_partial_file(file.id) as stream:
        received = received_now(file, stream)
        _check(file, received, offset, part, stream)
        fresh = part[received - offset :]
        if fresh:
            with disk_full_as_error():
                write_at(stream, received, fresh)
                _confirm(file, received + len(fresh), now)
            checksums.advance(file.id, received, fresh)
        received += len(fresh)
        whole = received == file.size_bytes
        try:
            if whole or received - len(fresh) < ml_gateway.HEAD_BYTES <= received:
                ml_gateway.recognise(read_at(stream, 0, ml_gateway.HEAD_BYTES))
            if not whole:
                return AppendResult(received)
            song, created = _submit(file, stream, now)
        except ml_gateway.MoodError:
            # No sound: there is nothing to go on with.
            resumable_upload_delete(file=file)
            raise
        resumable_upload_delete(file=file)
        return AppendResult(received, song, created)


def received_now(file: ResumableUpload, stream: BinaryIO) -> int:
    """What row and disk both have: after a power cut the disk may have less, after a killed process more."""
    try:
        file.refresh_from_db()
    except ResumableUpload.DoesNotExist:
        # It became a song, or was cancelled, while this request waited for its turn; opening made the file again.
        resumable_upload_delete(file=file)
        raise ProductError(
            "not_found",
            "This file is no longer awaited: it was cancelled, or it is a song already.",
            HTTPStatus.NOT_FOUND,
        ) from None
    return min(file.received_bytes, bytes_on_disk(stream))


def _check(file: ResumableUpload, received: int, offset: int, part: bytes, stream: BinaryIO) -> None:
    if offset > received:
        raise ProductError(
            "offset_wrong",
            f"The part begins at byte {offset}, and byte {received} is the first that is missing: go on from there.",
            HTTPStatus.CONFLICT,
        )
    if offset + len(part) > file.size_bytes:
        raise ProductError(
            "part_malformed",
            f"The part ends at byte {offset + len(part)} of a file that was announced with {file.size_bytes}: "
            "send the file from its start.",
        )
    again = part[: received - offset]
    if again != read_at(stream, offset, len(again)):
        raise ProductError(
            "part_differs",
            "What arrived before is not the beginning of this file: send it from its start, as a new one.",
            HTTPStatus.CONFLICT,
        )


def _confirm(file: ResumableUpload, received: int, now: datetime) -> None:
    # Against a cancellation meanwhile, which leaves no row: the next look at the row tells it.
    ResumableUpload.objects.filter(id=file.id).update(received_bytes=received, touched_at=now)


def _submit(file: ResumableUpload, stream: BinaryIO, now: datetime) -> tuple[Song, bool]:
    upload = CompletedFile(
        stream,
        path=partial_file_path(file.id),
        name=file.file_name,
        size_bytes=file.size_bytes,
        sha256=checksums.whole(file.id, stream, file.size_bytes),
    )
    return song_submit(owner=file.owner, upload=upload, now=now)


EXPIRES_AFTER = timedelta(days=1)


def resumable_upload_delete(*, file: ResumableUpload) -> None:
    # By its id, so that two who discard at once both succeed.
    ResumableUpload.objects.filter(id=file.id).delete()
    remove(file.id)


def expired_uploads_delete(*, now: datetime) -> int:
    """Remove what nobody has gone on with for a day."""
    expired = list(ResumableUpload.objects.untouched_since(now - EXPIRES_AFTER))
    for file in expired:
        resumable_upload_delete(file=file)
    return len(expired)
