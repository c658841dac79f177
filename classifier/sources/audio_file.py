"""Where the audio of a song is: the stored upload, or the file or the item of a source."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath

from classifier.errors import ProductError
from classifier.models import Song, SongLocation, SourceKind
from classifier.sources.folder_paths import file_missing, file_path
from classifier.uploads.file_names import storage_name
from classifier.uploads.song_storage import song_storage
from classifier.uploads.working_copies import working_folder

LATER = frozenset({"source_unavailable", "source_refused", "source_secret_unreadable", "source_address_private"})
"""Codes of sources that cannot be read now, as a whole: their songs wait. Other codes are about one song."""


@contextlib.contextmanager
def song_audio_file(song: Song) -> Iterator[Path]:
    """A local path of the song's audio, which must not be changed.

    Raises ProductError: one of LATER, or `source_file_missing` or another code that says why the song cannot be read.
    """
    if song.file:
        with song_storage().on_disk(str(song.file.name)) as path:
            yield path
        return
    with contextlib.ExitStack() as stack:
        yield _first_readable(song, stack)


@contextlib.contextmanager
def location_audio_file(location: SongLocation, meanwhile: Callable[[], None] | None = None) -> Iterator[Path]:
    """The same of one location. `meanwhile` is called again and again during a download, and may raise."""
    source = location.source
    if source.kind == SourceKind.FOLDER:
        yield file_path(source.address, location.key)
        return
    from classifier.sources.servers import nothing, server_for

    with working_folder() as folder:
        suffix = PurePosixPath(storage_name(location.path or location.key)).suffix
        path = folder / f"song{suffix}"
        server_for(source).download(location.key, path, meanwhile or nothing)
        yield path


def local_file(song: Song) -> Path | None:
    """The file of a song in a folder of this server, for pages that read it where it is; None on a music server.

    Raises ProductError, as `song_audio_file` does.
    """
    error: ProductError | None = None
    for location in present_locations(song):
        if location.source.kind != SourceKind.FOLDER:
            continue
        try:
            return file_path(location.source.address, location.key)
        except ProductError as reason:
            error = _later(error, reason)
    if error is not None:
        raise error
    if not song.locations.exists():
        raise file_missing(song.file_name)
    return None


def present_locations(song: Song) -> list[SongLocation]:
    """Those of folders first, since they need no download."""
    locations = song.locations.filter(missing_since=None, is_ignored=False).select_related("source").order_by("id")
    return sorted(locations, key=lambda location: location.source.kind != SourceKind.FOLDER)


def copied_bytes(song: Song) -> int:
    """What `song_audio_file` writes on this disk."""
    if song.file:
        return song.size_bytes if song_storage().is_shared else 0
    locations = present_locations(song)
    return song.size_bytes if locations and locations[0].source.kind != SourceKind.FOLDER else 0


def locations_mark_missing(song: Song, *, now: datetime) -> None:
    """None of its places has the song any more, as somebody who read it has noticed; the next scan says the same."""
    song.locations.filter(missing_since=None).update(missing_since=now)


def _first_readable(song: Song, stack: contextlib.ExitStack) -> Path:
    error: ProductError | None = None
    for location in present_locations(song):
        try:
            return stack.enter_context(location_audio_file(location))
        except ProductError as reason:
            error = _later(error, reason)
    raise error or file_missing(song.file_name)


def _later(first: ProductError | None, second: ProductError) -> ProductError:
    """Of two reasons, the one that says that it may succeed later."""
    return second if first is None or second.code in LATER else first
