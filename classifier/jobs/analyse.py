"""One song from queued to its end, in the process that listens."""

from __future__ import annotations

import contextlib
import logging
import time
import uuid
from pathlib import Path

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from classifier import ml_gateway
from classifier.jobs.finish import song_fail, song_finish
from classifier.jobs.heartbeat import Heartbeat
from classifier.jobs.lease import LeaseLost, song_claim, song_progress
from classifier.models import Song, Stage, song_folder
from classifier.uploads.limits import disk_full
from classifier.uploads.stored_files import delete_folder, folder_path, is_disk_full

logger = logging.getLogger(__name__)

PROGRESS_EVERY_S = 0.5

NO_PLAYABLE_COPY = {
    "code": "no_playable_copy",
    "message": "No copy could be made that every browser plays, so the player may stay silent; the answer is whole.",
}


def song_analyse(*, song_id: uuid.UUID, watcher: ml_gateway.Progress | None = None) -> None:
    """Take the song, hear it, keep the answer. Being told twice of the same song changes nothing.

    `watcher` is told of every step, where somebody looks on.
    """
    song = song_claim(song_id=song_id, now=timezone.now())
    if song is None or song.lease_token is None:
        logger.info("Song %s is not waiting: nothing to do.", song_id)
        return
    made: list[str] = []
    try:
        with Heartbeat(song.id, song.lease_token) as heartbeat:
            _hear(song, made, heartbeat, watcher)
    except LeaseLost:
        logger.info("Song %s was taken away while it was heard.", song_id)
        _discard(song, made)
    except Exception as error:
        code, message = reason_of(error)
        mine = song_fail(song_id=song.id, lease_token=song.lease_token, code=code, message=message, now=timezone.now())
        if not mine:
            # For instance its files were deleted while they were read, which is no fault of the song.
            logger.info("Song %s was taken away while it was heard (%s).", song_id, error)
        elif code == "internal_error":
            logger.exception("Song %s failed.", song_id)
        else:
            logger.warning("Song %s failed: %s (%s)", song_id, message, code)
        _discard(song, made)


def reason_of(error: BaseException) -> tuple[str, str]:
    """The code and the sentence for whatever ended the listening."""
    if isinstance(error, ml_gateway.MoodError):
        return error.code, error.message
    if isinstance(error, SoftTimeLimitExceeded):
        return "too_slow", (
            f"Listening took more than {settings.SONG_TIME_LIMIT_S} s, which is the limit for one song: "
            "raise SONG_TIME_LIMIT_S, or send a shorter piece."
        )
    if isinstance(error, MemoryError):
        return "too_much_memory", (
            f"Listening needed more than {settings.MAX_MEMORY_MB} MB of memory, which is the limit for one song: "
            "raise MAX_MEMORY_MB, or send a shorter piece."
        )
    if is_disk_full(error):
        return disk_full().code, "The server's disk is full, so that the answer could not be kept: make room and retry."
    return "internal_error", "Something went wrong inside the server, whose log says what: retry, or tell its owner."


def _hear(song: Song, made: list[str], heartbeat: Heartbeat, watcher: ml_gateway.Progress | None) -> None:
    source = Path(song.file.path)
    heard = ml_gateway.analyse(source, on_progress=_reporter(song, heartbeat, watcher))
    warnings = list(heard.warnings)
    # Named by the lease, so that whoever lost it removes what is its own and nothing else.
    mark = song.lease_token.hex[:8]
    folder = song_folder(song)

    picture = default_storage.save(f"{folder}/spectrogram-{mark}.png", ContentFile(heard.spectrogram_png))
    made.append(picture)
    playable = f"{folder}/playable-{mark}.mp3"
    made.append(playable)
    if not _playable_copy(source, Path(default_storage.path(playable)), warnings):
        playable = ""
    song_finish(song=song, heard=heard, spectrogram=picture, playable=playable, warnings=warnings, now=timezone.now())
    made.clear()
    _leave_only(folder, {song.file.name, picture, playable})


def _reporter(song: Song, heartbeat: Heartbeat, watcher: ml_gateway.Progress | None) -> ml_gateway.Progress:
    """Writes progress now and then, and stops a song that is no longer this worker's."""
    last_stage = ""
    last_at = 0.0

    def report(stage: str, done: int, total: int) -> None:
        nonlocal last_stage, last_at
        if heartbeat.lost:
            raise LeaseLost
        if watcher is not None:
            watcher(stage, done, total)
        last_of_all = stage == Stage.LISTENING and done == total
        if stage == last_stage and not last_of_all and time.monotonic() - last_at < PROGRESS_EVERY_S:
            return
        last_stage, last_at = stage, time.monotonic()
        if stage == Stage.DECODING:
            # Told in seconds of the declared length, kept like the rest in segments.
            done, total = (
                min(ml_gateway.segment_count(done), ml_gateway.segment_count(total)),
                ml_gateway.segment_count(total),
            )
        song_progress(
            song_id=song.id, lease_token=song.lease_token, stage=stage, segments_done=done, segments_total=total
        )

    return report


def _playable_copy(source: Path, target: Path, warnings: list[dict[str, str]]) -> bool:
    """The answer does not hang on it, so a copy that cannot be made is a warning."""
    try:
        return ml_gateway.playable_copy(source, target)
    except ml_gateway.MoodError as error:
        logger.warning("No playable copy of %s: %s", source, error)
        warnings.append(NO_PLAYABLE_COPY)
        return False


def _leave_only(folder: str, wanted: set[str]) -> None:
    """Remove what earlier tries left in the song's folder."""
    names = {Path(name).name for name in wanted if name}
    with contextlib.suppress(FileNotFoundError):  # deleted as soon as it was done
        for file in folder_path(folder).iterdir():
            if file.name not in names:
                file.unlink(missing_ok=True)


def _discard(song: Song, made: list[str]) -> None:
    for name in made:
        default_storage.delete(name)
    # The row goes before the folder where a song is deleted, so this sees either both or neither.
    if not Song.objects.filter(id=song.id).exists():
        delete_folder(song_folder(song))
