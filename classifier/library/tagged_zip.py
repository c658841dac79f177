"""Several songs with their moods in the tags, as one zip that is made while it is sent."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path, PurePosixPath

from classifier.errors import ProductError
from classifier.library.zip_stream import ZipStream
from classifier.models import Song
from classifier.tagging.copies import TagOptions, tagged_copy, unchanged_file

MAX_SONGS = 500
BLOCK_BYTES = 1 << 20
NOTES = "without moods.txt"
WITHOUT_COPY = frozenset({"not_found", "source_file_missing", "source_unavailable", "disk_full"})
"""Errors after which there is no file at all."""


def tagged_zip(ids: Sequence[uuid.UUID], options: TagOptions, *, now: datetime) -> Iterator[bytes]:
    """Not compressed, since music is. A song that cannot have moods is in it as it is, and a text says why."""
    archive = ZipStream(now)
    names: Counter[str] = Counter()
    notes = []
    for song_id in ids:
        song = Song.objects.with_analysis().filter(id=song_id).first()
        if song is None:  # deleted while the others were sent
            continue
        name = _entry_name(song, names)
        try:
            yield from _add(archive, name, tagged_copy(song, options))
        except ProductError as error:
            notes.append(f"{name}: {error.message} [{error.code}]")
            if error.code in WITHOUT_COPY:
                continue
            try:
                yield from _add(archive, name, unchanged_file(song))
            except ProductError as missing:
                notes.append(f"{name}: {missing.message} [{missing.code}]")
    if notes:
        yield from archive.add(NOTES, ["\n".join([*notes, ""]).encode()], compressed=True)
    yield archive.finish()


def _add(archive: ZipStream, name: str, copy: AbstractContextManager[Path]) -> Iterator[bytes]:
    """Raises ProductError before the first byte."""
    with copy as path:
        yield from archive.add(name, _blocks(path), compressed=False)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block


def _entry_name(song: Song, names: Counter[str]) -> str:
    """The name of the file; of several with the same name, with a number."""
    name = PurePosixPath(song.file_name.replace("\\", "_")).name or "song"
    names[name.casefold()] += 1
    count = names[name.casefold()]
    path = PurePosixPath(name)
    return name if count == 1 else f"{path.stem} ({count}){path.suffix}"
