"""The files that an analysis writes into the folder of its song."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext_noop

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.models import Song, Status, song_folder
from classifier.uploads.disk_reserve import has_room
from classifier.uploads.limits import disk_full
from classifier.uploads.song_storage import song_storage
from classifier.uploads.stored_files import delete_folder, store_from_disk
from classifier.uploads.working_copies import working_folder

logger = logging.getLogger(__name__)

COPY_BYTES_PER_S = 24_000
"""Of a playable copy in stereo."""
NO_PLAYABLE_COPY = {
    "code": "no_playable_copy",
    "message": gettext_noop(
        "Browsers may not play this file, and no copy could be made that they play. The result is complete."
    ),
}


@dataclass
class Run:
    """A song that this process analyses."""

    song: Song
    lease_token: uuid.UUID
    is_lost: Callable[[], bool]
    """Whether the lease is known to be lost."""
    on_progress: ml_gateway.Progress | None
    written: list[str] = field(default_factory=list)
    """Files that belong to no row yet."""


def playable_store(run: Run, source: Path, duration_s: float, warnings: list[dict[str, str]]) -> str:
    name = f"{song_folder(run.song)}/playable{file_mark(run.lease_token)}mp3"
    run.written.append(name)
    if not has_room(int(COPY_BYTES_PER_S * duration_s)) and not ml_gateway.browsers_play(source):
        raise disk_full()
    with working_folder() as working:
        copy = working / "playable.mp3"
        return store_from_disk(name, copy) if _playable_copy(source, copy, warnings) else ""


def leftovers_remove(song: Song, lease_token: uuid.UUID) -> None:
    """Remove the files of an analysis with this lease whose process was ended. No row has them."""
    folder, storage = song_folder(song), song_storage()
    try:
        for name in storage.file_names(folder):
            if file_mark(lease_token) in name:
                storage.delete(f"{folder}/{name}")
        _remove_folder_of_deleted(song)
    except (OSError, ProductError) as error:
        # They take space, no more, and go with the song or with its next analysis.
        logger.warning("Files of the analysis of song %s could not be removed: %s", song.id, error)


def file_mark(lease_token: uuid.UUID) -> str:
    """In the names of an analysis' files, so that a process that lost the lease removes only its own."""
    return f"-{lease_token.hex[:8]}."


def _playable_copy(source: Path, target: Path, warnings: list[dict[str, str]]) -> bool:
    """A copy that cannot be made is a warning: the result does not depend on it."""
    try:
        return ml_gateway.playable_copy(source, target)
    except ml_gateway.MoodError as error:
        logger.warning("No playable copy of %s: %s", source, error)
        warnings.append(NO_PLAYABLE_COPY)
        return False


def other_files_remove(song: Song, current: set[str], *, finished_at: datetime) -> None:
    """Remove the files of earlier analyses from the song's folder."""
    folder, storage = song_folder(song), song_storage()
    names = {Path(name).name for name in current if name}
    others = [name for name in storage.file_names(folder) if name not in names]
    # Another worker may analyse the song again already, and files of its own are not ours to remove. If the result is
    # still this one, it had not begun when they were listed.
    if Song.objects.filter(id=song.id, status=Status.DONE, finished_at=finished_at).exists():
        for name in others:
            storage.delete(f"{folder}/{name}")


def written_remove(run: Run) -> None:
    for name in run.written:
        song_storage().delete(name)
    _remove_folder_of_deleted(run.song)


def _remove_folder_of_deleted(song: Song) -> None:
    # A deletion removes the row before the folder, so this sees either both or neither.
    if not Song.objects.filter(id=song.id).exists():
        delete_folder(song_folder(song))
