"""A part of a file arrives; with the last one the file becomes a song."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import BinaryIO

from classifier import door
from classifier.arriving import ArrivedFile, checksums, held, on_disk_bytes, part_path, read_at, write_at
from classifier.errors import ProductError
from classifier.files import room_on_disk
from classifier.models import ArrivingFile, Song
from classifier.services.arriving_discard import arriving_discard
from classifier.services.song_submit import song_submit


@dataclass(frozen=True)
class Appended:
    received_bytes: int
    song: Song | None = None
    created: bool = False


def arriving_append(*, file: ArrivingFile, offset: int, part: bytes, now: datetime) -> Appended:
    """Keep a part that begins at `offset`, of which some may be there already: that must be the very same bytes."""
    with held(file.id) as stream:
        received = received_now(file, stream)
        _check(file, received, offset, part, stream)
        fresh = part[received - offset :]
        if fresh:
            with room_on_disk():
                write_at(stream, received, fresh)
                _confirm(file, received + len(fresh), now)
            checksums.advance(file.id, received, fresh)
        received += len(fresh)
        whole = received == file.size_bytes
        try:
            if whole or received - len(fresh) < door.HEAD_BYTES <= received:
                door.recognise(read_at(stream, 0, door.HEAD_BYTES))
            if not whole:
                return Appended(received)
            song, created = _submit(file, stream, now)
        except door.MoodError:
            # No sound: there is nothing to go on with.
            arriving_discard(file=file)
            raise
        arriving_discard(file=file)
        return Appended(received, song, created)


def received_now(file: ArrivingFile, stream: BinaryIO) -> int:
    """What row and disk both have: after a power cut the disk may have less, after a killed process more."""
    try:
        file.refresh_from_db()
    except ArrivingFile.DoesNotExist:
        # It became a song, or was cancelled, while this request waited for its turn; opening made the file again.
        arriving_discard(file=file)
        raise ProductError(
            "not_found",
            "This file is no longer awaited: it was cancelled, or it is a song already.",
            HTTPStatus.NOT_FOUND,
        ) from None
    return min(file.received_bytes, on_disk_bytes(stream))


def _check(file: ArrivingFile, received: int, offset: int, part: bytes, stream: BinaryIO) -> None:
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


def _confirm(file: ArrivingFile, received: int, now: datetime) -> None:
    # Against a cancellation meanwhile, which leaves no row: the next look at the row tells it.
    ArrivingFile.objects.filter(id=file.id).update(received_bytes=received, touched_at=now)


def _submit(file: ArrivingFile, stream: BinaryIO, now: datetime) -> tuple[Song, bool]:
    upload = ArrivedFile(
        stream,
        path=part_path(file.id),
        name=file.file_name,
        size_bytes=file.size_bytes,
        sha256=checksums.whole(file.id, stream, file.size_bytes),
    )
    return song_submit(owner=file.owner, upload=upload, now=now)
