"""A file becomes a song."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

from django.core.files import File
from django.db import IntegrityError, transaction

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.jobs.queue import enqueue
from classifier.models import Person, Song, Status, song_folder
from classifier.services.song_retry import song_retry
from classifier.uploads.file_names import display_name, storage_name
from classifier.uploads.limits import file_empty, file_missing, file_too_large, max_upload_bytes
from classifier.uploads.stored_files import checksum, delete_folder, disk_full_as_error, fsync_with_parents


def song_submit(*, owner: Person, upload: File | None, now: datetime, to_queue: bool = True) -> tuple[Song, bool]:
    """Keep a file and queue it; the owner's own earlier copy of it is the answer, if there is one."""
    upload = _checked(upload)
    sha256 = checksum(upload)
    earlier = Song.objects.for_owner(owner).filter(sha256=sha256).first()
    if earlier is not None:
        _file_put_back(earlier, upload)
        return _asked_again(earlier, now=now, to_queue=to_queue), False

    song = Song(
        owner=owner,
        file_name=display_name(upload.name or ""),
        sha256=sha256,
        size_bytes=upload.size,
        status=Status.QUEUED,
        created_at=now,
    )
    try:
        with disk_full_as_error():
            song.file.save(storage_name(song.file_name), upload, save=False)
            fsync_with_parents(Path(song.file.path))
            with transaction.atomic():
                song.save(force_insert=True)
    except IntegrityError:
        # The same file of the same owner came twice at once: the other request's row was there first and stays.
        delete_folder(song_folder(song))
        winner = Song.objects.for_owner(owner).filter(sha256=sha256).first()
        if winner is None:
            raise
        return winner, False
    except BaseException:
        # No half song: without its row, the file would lie there for ever.
        delete_folder(song_folder(song))
        raise
    if to_queue:
        # From here on the song is kept, whatever becomes of the message about it.
        transaction.on_commit(partial(enqueue, song.id, now=now), robust=True)
    return song, True


def _checked(upload: File | None) -> File:
    """Refuse at once what needs no decoding to be refused."""
    if upload is None:
        raise file_missing()
    error: ProductError | None = getattr(upload, "error", None)
    if error is not None:
        raise error
    if not upload.size:
        raise file_empty()
    if upload.size > max_upload_bytes():
        raise file_too_large()
    upload.seek(0)
    ml_gateway.recognise(upload.read(ml_gateway.HEAD_BYTES))
    upload.seek(0)
    return upload


def _file_put_back(song: Song, upload: File) -> None:
    """The very same bytes are here again, so a file that was lost from the disk is lost no longer."""
    if not Path(song.file.path).exists():
        with disk_full_as_error():
            song.file.storage.save(song.file.name, upload)
            fsync_with_parents(Path(song.file.path))


def _asked_again(song: Song, *, now: datetime, to_queue: bool) -> Song:
    """What ended without an answer gets another chance; everything else is the answer already."""
    if song.status in (Status.FAILED, Status.CANCELLED):
        return song_retry(song=song, now=now, to_queue=to_queue)
    return song
