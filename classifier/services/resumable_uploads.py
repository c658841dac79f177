"""Resumable uploads: create one, append to it, finish it as a song, delete it, and let it expire."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import IO

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404
from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.accounts.quotas import quota_check
from classifier.errors import ProductError
from classifier.models import Person, ResumableUpload, Song, Status
from classifier.services.song_retry import song_retry
from classifier.services.song_submit import out_of_bin, song_submit
from classifier.uploads.disk_reserve import require_room_for_upload
from classifier.uploads.file_names import display_name
from classifier.uploads.limits import file_changed, file_empty, file_too_large, max_upload_bytes
from classifier.uploads.partial_files import (
    CompletedFile,
    bytes_on_disk,
    delete_partial_file,
    locked_partial_file,
    old_partial_files_delete,
    partial_file_path,
    path_to_move,
    read_at,
    resumable_upload_delete,
    running_checksums,
    write_at,
)
from classifier.uploads.stored_files import disk_full_as_error, is_disk_full
from classifier.uploads.tus import parse_metadata
from classifier.uploads.upload_blocks import block_store, blocks_fetch, blocks_kept

logger = logging.getLogger(__name__)

# More than anyone sends at once, and few enough that abandoned uploads do not fill the disk.
MAX_UNFINISHED_UPLOADS = 200
FINISH_AFTER = timedelta(minutes=1)
"""Before that, the request with the last block may still be at work."""
FILE_REJECTED = ("file_changed", "file_too_large")
"""There is nothing to continue with after these errors."""


def resumable_upload_create(*, owner: Person, size_bytes: int, metadata: str = "", now: datetime) -> ResumableUpload:
    """Reject by its size what need not be sent. If `sha256` in the metadata is a song already, the upload is finished.

    `metadata` is the header Upload-Metadata, of which `filename` (or `name`) and `sha256` are read.
    """
    values = parse_metadata(metadata)
    if size_bytes <= 0:
        raise file_empty()
    if size_bytes > max_upload_bytes():
        raise file_too_large()
    song = _existing_song(owner, values.get("sha256", "").lower(), size_bytes, now)
    if song is None and ResumableUpload.objects.for_owner(owner).unfinished().count() >= MAX_UNFINISHED_UPLOADS:
        raise ProductError(
            "too_many_uploads",
            gettext(
                "You have %(most)s unfinished uploads, and no more are allowed: cancel some of them, or wait for "
                "a day, after which they are deleted."
            )
            % {"most": MAX_UNFINISHED_UPLOADS},
            HTTPStatus.TOO_MANY_REQUESTS,
        )
    if song is None:
        # Before any byte is sent. The song itself is checked again: this is not safe against concurrent requests.
        quota_check(owner=owner, added_bytes=size_bytes, now=now, with_uploads=True)
    with disk_full_as_error():
        settings.FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        if blocks_kept():
            old_partial_files_delete(now=now)  # the sweep runs on another host
        if song is None:
            require_room_for_upload(size_bytes, now=now)
        return ResumableUpload.objects.create(
            owner=owner,
            file_name=display_name(values.get("filename") or values.get("name") or ""),
            metadata=metadata,
            size_bytes=size_bytes,
            received_bytes=size_bytes if song else 0,
            song=song,
            is_duplicate=song is not None,
            created_at=now,
            touched_at=now,
        )


def _existing_song(owner: Person, sha256: str, size_bytes: int, now: datetime) -> Song | None:
    """The owner's song with this content. A song that failed or was cancelled is queued again."""
    if not sha256:
        return None
    song = Song.objects.stored_by(owner).filter(sha256=sha256, size_bytes=size_bytes).first()
    if song is None or not _has_audio(song):
        return None
    song = out_of_bin(song, now=now)
    if song.status in (Status.FAILED, Status.CANCELLED):
        return song_retry(song=song, now=now)
    return song


def _has_audio(song: Song) -> bool:
    if song.file.name:
        return song.file.storage.exists(song.file.name)
    return song.locations.filter(missing_since=None).exists()


def resumable_upload_get(*, owner: Person, upload_id: uuid.UUID) -> ResumableUpload:
    upload = ResumableUpload.objects.for_owner(owner).select_related("song").filter(id=upload_id).first()
    if upload is None:
        raise Http404
    return upload


def received_bytes(upload: ResumableUpload) -> int:
    """The offset to continue from: what both the row and the disk have."""
    if upload.song is not None:
        return upload.size_bytes
    if blocks_kept():
        # Another host may have the bytes on its disk: the row counts, and the bytes are fetched once they are needed.
        return upload.received_bytes
    with locked_partial_file(upload.id) as stream:
        return _refresh(upload, stream)


def resumable_upload_append(*, upload: ResumableUpload, offset: int, data: bytes, now: datetime) -> ResumableUpload:
    """Store one block at the current offset. The last block makes the upload a song: `upload.song` is set."""
    with locked_partial_file(upload.id) as stream:
        received = _refresh(upload, stream)
        end = offset + len(data)
        check_range(upload, received, offset, len(data))
        if not data:
            return upload
        with disk_full_as_error():
            write_at(stream, offset, data)
        _store_block(upload, stream, offset, data)
        running_checksums.update(upload.id, offset, data)
        try:
            if offset < ml_gateway.HEAD_BYTES <= end:
                head = read_at(stream, 0, ml_gateway.HEAD_BYTES)
                if any(head):  # after longer padding, the whole file is checked
                    ml_gateway.recognise(head)
            elif offset < ml_gateway.MIN_HEAD_BYTES <= end:
                ml_gateway.reject_other_kind(read_at(stream, 0, ml_gateway.MIN_HEAD_BYTES))
        except ml_gateway.MoodError:
            # Not audio: there is nothing to continue with.
            resumable_upload_delete(upload=upload)
            raise
        _advance(upload, end, now)
        if end == upload.size_bytes:
            _finish(upload, stream, now)
        return upload


def _store_block(upload: ResumableUpload, stream: IO[bytes], offset: int, data: bytes) -> None:
    try:
        block_store(upload.id, offset, data)
    except ProductError:
        # The block counts on no host, so this one must not have it either.
        write_at(stream, offset, b"")
        running_checksums.discard(upload.id)
        raise


def _advance(upload: ResumableUpload, end: int, now: datetime) -> None:
    """Confirm the block that ends here, unless another host has confirmed one at the same offset."""
    confirmed = ResumableUpload.objects.filter(id=upload.id, received_bytes=upload.received_bytes)
    with disk_full_as_error():
        if not confirmed.update(received_bytes=end, touched_at=now):
            upload.refresh_from_db()
            raise offset_conflict(upload.received_bytes, end)
    upload.received_bytes, upload.touched_at = end, now


def resumable_upload_finish(*, upload: ResumableUpload, now: datetime) -> ResumableUpload:
    """Make an upload a song that has all its bytes and is none yet; any other one stays as it is.

    The song could not be stored with the last block: the disk or the database failed, or the process was killed.
    """
    if upload.song_id is not None or upload.received_bytes < upload.size_bytes:
        return upload
    with locked_partial_file(upload.id) as stream:
        if _refresh(upload, stream) == upload.size_bytes and upload.song_id is None:
            _finish(upload, stream, now)
    return upload


def resumable_uploads_finish(*, now: datetime) -> int:
    """Those of all users whose client does not come back. Returns the number of new songs."""
    finished = 0
    for upload in ResumableUpload.objects.complete().untouched_since(now - FINISH_AFTER):
        if not blocks_kept() and not partial_file_path(upload.id).exists():
            continue
        try:
            finished += resumable_upload_finish(upload=upload, now=now).song_id is not None
        except (ProductError, ml_gateway.MoodError, DatabaseError, OSError) as error:
            logger.warning("The upload %s cannot become a song: %s", upload.id, error)
            if is_disk_full(error) or isinstance(error, DatabaseError):
                break
    return finished


def _refresh(upload: ResumableUpload, stream: IO[bytes]) -> int:
    """Read the row again under the lock. After a power cut the disk may have less, after a killed process more."""
    try:
        upload.refresh_from_db()
    except ResumableUpload.DoesNotExist:
        # Opening the file has created it again.
        delete_partial_file(upload.id)
        raise _gone(gettext("This upload was cancelled: send the file again from its start.")) from None
    if upload.song_id is not None:
        delete_partial_file(upload.id)
        return upload.size_bytes
    with disk_full_as_error():
        blocks_fetch(upload.id, stream, upload.received_bytes)
    received = min(upload.received_bytes, bytes_on_disk(stream))
    if blocks_kept() and received < upload.received_bytes:
        # The storage has lost blocks. The row says where to continue, also to other hosts.
        _save(upload, received_bytes=received)
    return received


def check_range(upload: ResumableUpload, received: int, offset: int, length: int) -> None:
    if offset != received:
        raise offset_conflict(received, offset)
    if offset + length > upload.size_bytes:
        raise ProductError(
            "upload_too_long",
            f"The body ends at byte {offset + length}, and the upload was created with {upload.size_bytes} bytes: "
            "create an upload with the size of the file.",
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        )


def offset_conflict(received: int, offset: int) -> ProductError:
    return ProductError(
        "upload_offset_conflict",
        f"The body starts at byte {offset}, and the upload continues at byte {received}: "
        "ask for the offset with HEAD and continue there.",
        HTTPStatus.CONFLICT,
    )


def _finish(upload: ResumableUpload, stream: IO[bytes], now: datetime) -> None:
    """Make it a song. The bytes stay until its row and that of the upload are stored, so that this can be repeated."""
    sha256 = running_checksums.hexdigest(upload.id, stream, upload.size_bytes)
    try:
        if parse_metadata(upload.metadata).get("sha256", sha256).lower() != sha256:
            raise file_changed()
        with path_to_move(upload.id) as path:
            file = CompletedFile(stream, path=path, name=upload.file_name, size_bytes=upload.size_bytes, sha256=sha256)
            song, created = song_submit(owner=upload.owner, upload=file, now=now)
    except (ProductError, ml_gateway.MoodError) as error:
        if isinstance(error, ml_gateway.MoodError) or error.code in FILE_REJECTED:
            resumable_upload_delete(upload=upload)
        raise
    # The song may be that of an earlier attempt.
    is_duplicate = not created and song.created_at <= upload.created_at
    _save(upload, song=song, is_duplicate=is_duplicate, touched_at=now)
    delete_partial_file(upload.id)


def _save(upload: ResumableUpload, **values: object) -> ResumableUpload:
    # update() and not save(), which would create the row again if the upload was deleted meanwhile.
    with disk_full_as_error():
        ResumableUpload.objects.filter(id=upload.id).update(**values)
    for name, value in values.items():
        setattr(upload, name, value)
    return upload


def _gone(message: str) -> ProductError:
    return ProductError("upload_gone", message, HTTPStatus.GONE)
