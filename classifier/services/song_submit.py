"""Store a file as a song and queue its analysis."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.core.files import File
from django.db import IntegrityError, transaction

from classifier import ml_gateway
from classifier.accounts.quotas import quota_check
from classifier.errors import ProductError
from classifier.jobs.fair_order import queue_for
from classifier.jobs.queue import enqueue, queued_now
from classifier.models import Person, Queue, Song, Status, song_folder
from classifier.services.song_bin import bin_trim, song_restore
from classifier.services.song_retry import song_retry
from classifier.uploads.disk_reserve import require_room
from classifier.uploads.file_names import display_name, storage_name
from classifier.uploads.limits import file_empty, file_missing, file_too_large, max_upload_bytes
from classifier.uploads.stored_files import checksum, delete_folder, disk_full_as_error, file_exists, file_sync


def song_submit(*, owner: Person, upload: File | None, now: datetime, to_queue: bool = True) -> tuple[Song, bool]:
    """Store and queue a file. Returns the song, and whether it is new: the same file is not stored twice."""
    upload = _checked(upload)
    sha256 = checksum(upload)
    earlier = Song.objects.stored_by(owner).filter(sha256=sha256).first()
    if earlier is not None:
        earlier = out_of_bin(earlier, now=now)
        _restore_file(earlier, upload)
        return _retried(earlier, now=now, to_queue=to_queue), False

    song = Song(
        owner=owner,
        file_name=display_name(upload.name or ""),
        sha256=sha256,
        size_bytes=upload.size,
        status=Status.QUEUED,
        # Without a message, a command analyses the song: an import.
        queue=queue_for(owner) if to_queue else Queue.BULK,
        created_at=now,
        **queued_now(now),
    )
    try:
        with disk_full_as_error():
            if not hasattr(upload, "temporary_file_path"):  # otherwise its bytes are on the disk already
                require_room(upload.size)
            song.file.save(storage_name(song.file_name), upload, save=False)
            file_sync(str(song.file.name))
            with transaction.atomic():
                # Here, since this holds against other requests of the same user.
                quota_check(owner=owner, added_bytes=song.size_bytes, now=now)
                song.save(force_insert=True)
    except IntegrityError:
        # The owner sent the same file twice at once. The row of the other request was first and stays.
        delete_folder(song_folder(song))
        winner = Song.objects.stored_by(owner).filter(sha256=sha256).first()
        if winner is None:
            raise
        return winner, False
    except BaseException:
        # Without its row, the file would never be deleted.
        delete_folder(song_folder(song))
        raise
    # Only now, since an upload that fails must not empty the bin.
    transaction.on_commit(partial(bin_trim, owner=owner), robust=True)
    if to_queue:
        # The song is stored now, even if the message is lost.
        transaction.on_commit(partial(enqueue, song.id, now=now), robust=True)
    return song, True


def out_of_bin(song: Song, *, now: datetime) -> Song:
    """A song that the owner sends again is not deleted any more."""
    return song if song.deleted_at is None else song_restore(song=song, now=now)


def _checked(upload: File | None) -> File:
    """Raise for what can be rejected without decoding."""
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
    ml_gateway.recognise(ml_gateway.read_head(upload))
    upload.seek(0)
    return upload


def _restore_file(song: Song, upload: File) -> None:
    """Store the file again if it was lost, or if the places of its sources have lost it: the bytes are the same."""
    if not song.file:
        if not song.locations.filter(missing_since=None).exists():
            with disk_full_as_error():
                song.file.save(storage_name(song.file_name), upload, save=False)
                file_sync(str(song.file.name))
            Song.objects.filter(id=song.id).update(file=song.file.name, size_bytes=upload.size)
        return
    if not file_exists(str(song.file.name)):
        with disk_full_as_error():
            song.file.storage.save(song.file.name, upload)
            file_sync(str(song.file.name))


def _retried(song: Song, *, now: datetime, to_queue: bool) -> Song:
    """A failed or cancelled song is retried, since the user sent it again; every other one stays as it is."""
    if song.status in (Status.FAILED, Status.CANCELLED):
        return song_retry(song=song, now=now, to_queue=to_queue)
    return song
