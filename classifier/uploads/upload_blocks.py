"""The bytes of unfinished uploads in a storage that several hosts share, so that any web host can continue an upload.

Every block is stored as it comes, under a name with its offset and length. The partial file on the disk of a web host
is then a copy, which is completed from the blocks where another host has received some of them.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import IO

from classifier.models import ResumableUpload
from classifier.uploads.disk_reserve import room_for
from classifier.uploads.song_storage import song_storage

FOLDER = "incoming"
NAME = re.compile(r"(?P<offset>\d{15})-(?P<length>\d+)")


def blocks_kept() -> bool:
    return song_storage().is_shared


def block_store(upload_id: uuid.UUID, offset: int, data: bytes) -> None:
    if blocks_kept():
        song_storage().write(f"{_folder(upload_id)}/{offset:015d}-{len(data)}", data)


def blocks_fetch(upload_id: uuid.UUID, stream: IO[bytes], end: int) -> None:
    """Append to the partial file what it lacks of the bytes before `end`. What cannot be found stays missing."""
    if not blocks_kept():
        return
    have = os.fstat(stream.fileno()).st_size
    if have >= end:
        return
    for offset, length in _blocks(upload_id):
        if offset <= have < offset + length:
            name = f"{_folder(upload_id)}/{offset:015d}-{length}"
            for data in song_storage().read(name, have - offset, offset + length - have):
                with room_for(len(data)):
                    have += os.pwrite(stream.fileno(), data, have)
        if have >= end:
            break


def blocks_delete(upload_id: uuid.UUID) -> None:
    if blocks_kept():
        song_storage().delete_folder(_folder(upload_id))


def orphaned_blocks_delete(*, older_than: datetime) -> int:
    """Delete the blocks of uploads that have no row, for instance because one was cancelled on another host."""
    if not blocks_kept():
        return 0
    old = [name for name, changed_at in song_storage().folders(FOLDER) if changed_at < older_than]
    ids = {name: uuid.UUID(name) for name in old if re.fullmatch(r"[0-9a-f]{32}", name)}
    with_row = set(ResumableUpload.objects.filter(id__in=ids.values()).values_list("id", flat=True))
    orphans = [upload_id for upload_id in ids.values() if upload_id not in with_row]
    for upload_id in orphans:
        blocks_delete(upload_id)
    return len(orphans)


def _folder(upload_id: uuid.UUID) -> str:
    return f"{FOLDER}/{upload_id.hex}"


def _blocks(upload_id: uuid.UUID) -> Iterator[tuple[int, int]]:
    """Offset and length of each block, in the order of offsets. Two may overlap: their bytes are the same then."""
    matches = [NAME.fullmatch(name) for name in song_storage().file_names(_folder(upload_id))]
    yield from sorted((int(match["offset"]), int(match["length"])) for match in matches if match)
