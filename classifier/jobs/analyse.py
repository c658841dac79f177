"""The analysis of one song, from queued to done or failed, in the process that runs the models."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from classifier import ml_gateway
from classifier.accounts.quotas import music_add
from classifier.errors import ProductError
from classifier.jobs.finish import song_fail, song_finish, song_release
from classifier.jobs.heartbeat import Heartbeat
from classifier.jobs.lease import LeaseLost, song_claim, song_progress
from classifier.models import Song, Stage, Status, song_folder
from classifier.monitoring.counters import count_song, count_stages
from classifier.monitoring.stage_clock import StageClock
from classifier.uploads.ballast import ballast_release
from classifier.uploads.disk_reserve import has_room, require_room
from classifier.uploads.limits import disk_full
from classifier.uploads.song_storage import song_storage
from classifier.uploads.stored_files import delete_folder, is_disk_full, store_from_disk
from classifier.uploads.working_copies import working_folder
from mmc.logs import log_context

logger = logging.getLogger(__name__)

PROGRESS_EVERY_S = 0.5
STORAGE_UNAVAILABLE = "storage_unavailable"
WORKER_LOST = "worker_lost"

RESULT_BYTES = 2_000_000
"""More than rows and image of a song of two hours take."""
COPY_BYTES_PER_S = 24_000
"""Of a playable copy in stereo."""

NO_PLAYABLE_COPY = {
    "code": "no_playable_copy",
    "message": "Browsers may not play this file, and no copy could be made that they play. The result is complete.",
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


def song_analyse(*, song_id: uuid.UUID, on_progress: ml_gateway.Progress | None = None) -> None:
    """Claim a queued song and analyse it in this process. A second message about the same song changes nothing.

    Without supervision: workers and the command line use an `AnalysisSubprocess`.
    """
    song = song_claim(song_id=song_id, now=timezone.now())
    if song is None or song.lease_token is None:
        logger.info("Song %s is not queued: nothing to do.", song_id)
        return
    heartbeat = Heartbeat(song.id, song.lease_token)
    with heartbeat, ml_gateway.time_limit(settings.SONG_TIME_LIMIT_S):
        leased_song_analyse(
            song=song, lease_token=song.lease_token, on_progress=on_progress, is_lost=lambda: heartbeat.lost
        )


def leased_song_analyse(
    *,
    song: Song,
    lease_token: uuid.UUID,
    on_progress: ml_gateway.Progress | None = None,
    is_lost: Callable[[], bool] = lambda: False,
) -> None:
    """Analyse a song with this lease, which somebody else renews, and store the result, or the reason for its failure.

    Writes nothing once the lease is lost.
    """
    with log_context(song_id=str(song.id), person_id=str(song.owner_id), request_id=song.request_id):
        clock = StageClock(song)
        _end(Run(song, lease_token, is_lost, clock.watch(on_progress)), clock)


def _end(run: Run, clock: StageClock) -> None:
    """Analyse, and leave the row in one of its final states."""
    song = run.song
    try:
        _analyse(run)
        count_song("done", now=timezone.now())
        count_stages(clock.stop())
    except LeaseLost:
        logger.info("Song %s was cancelled, deleted, given back or given to another worker meanwhile.", song.id)
        _remove_written(run)
    except Exception as error:
        code, message = failure_reason(error)
        if code == WORKER_LOST:
            # No fault of the song, and nothing can be written now. The process that has the lease puts it back.
            _remove_written(run)
            raise
        if code == STORAGE_UNAVAILABLE:
            logger.warning("Song %s waits until the storage of songs answers again.", song.id)
            song_release(song_id=song.id, lease_token=run.lease_token, now=timezone.now())
            return
        if code == "disk_full":
            ballast_release()  # for this row
        failed = song_fail(song_id=song.id, lease_token=run.lease_token, code=code, message=message, now=timezone.now())
        if not failed:
            # The lease is lost: for instance a deletion removed the files while they were read.
            logger.info("Song %s was taken away during its analysis (%s).", song.id, error)
        elif code == "internal_error":
            logger.exception("Song %s failed.", song.id)
        else:
            logger.warning("Song %s failed: %s (%s)", song.id, message, code)
        _remove_written(run)


def failure_reason(error: BaseException) -> tuple[str, str]:
    """The code and message for an exception that ended an analysis."""
    if isinstance(error, ml_gateway.MoodError):
        return error.code, error.message
    if isinstance(error, ProductError) and error.code == STORAGE_UNAVAILABLE:
        return error.code, error.message
    if isinstance(error, ml_gateway.DeadlineExceeded):
        return too_slow()
    if isinstance(error, MemoryError):
        return "too_much_memory", (
            f"The analysis needed more than {settings.MAX_MEMORY_MB} MB of memory, the limit for one song: "
            "raise MAX_MEMORY_MB, or use a shorter file."
        )
    if is_disk_full(error):
        return (
            disk_full().code,
            "The server’s disk is full, so the result could not be saved: free some space, then retry.",
        )
    if isinstance(error, (OperationalError, InterfaceError)):
        return WORKER_LOST, "The database did not answer during the analysis: retry."
    return "internal_error", "Internal error; the server’s log has the details: retry, or tell the owner."


def too_slow() -> tuple[str, str]:
    """The code and message of a song that takes more than its time."""
    return "too_slow", (
        f"The analysis took more than {settings.SONG_TIME_LIMIT_S} s, the limit for one song: "
        "raise SONG_TIME_LIMIT_S, or use a shorter file."
    )


def leftovers_remove(song: Song, lease_token: uuid.UUID) -> None:
    """Remove the files of an analysis with this lease whose process was ended. No row has them."""
    folder, storage = song_folder(song), song_storage()
    try:
        for name in storage.file_names(folder):
            if _mark(lease_token) in name:
                storage.delete(f"{folder}/{name}")
        _remove_folder_of_deleted(song)
    except (OSError, ProductError) as error:
        # They take space, no more, and go with the song or with its next analysis.
        logger.warning("Files of the analysis of song %s could not be removed: %s", song.id, error)


def _mark(lease_token: uuid.UUID) -> str:
    """In the names of an analysis' files, so that a process that lost the lease removes only its own."""
    return f"-{lease_token.hex[:8]}."


def _analyse(run: Run) -> None:
    # From a shared storage, the file itself comes to this disk too.
    require_room(RESULT_BYTES + (run.song.size_bytes if song_storage().is_shared else 0))
    with song_storage().on_disk(str(run.song.file.name)) as source:
        _analyse_file(run, source)


def _analyse_file(run: Run, source: Path) -> None:
    song = run.song
    result = ml_gateway.analyse(source, on_progress=_progress_writer(run))
    warnings = list(result.warnings)
    mark = _mark(run.lease_token)
    folder = song_folder(song)
    storage = song_storage()

    require_room(RESULT_BYTES + (len(result.tags.cover.data) if result.tags.cover else 0))
    spectrogram = storage.save(f"{folder}/spectrogram{mark}png", ContentFile(result.spectrogram_png))
    run.written.append(spectrogram)
    playable = f"{folder}/playable{mark}mp3"
    run.written.append(playable)
    if not has_room(int(COPY_BYTES_PER_S * result.duration_s)) and not ml_gateway.browsers_play(source):
        raise disk_full()
    with working_folder() as working:
        copy = working / "playable.mp3"
        playable = store_from_disk(playable, copy) if _playable_copy(source, copy, warnings) else ""
    cover = ""
    if result.tags.cover is not None:
        suffix = result.tags.cover.media_type.partition("/")[2]
        cover = storage.save(f"{folder}/cover{mark}{suffix}", ContentFile(result.tags.cover.data))
        run.written.append(cover)
    song_finish(
        song=song,
        result=result,
        spectrogram=spectrogram,
        playable=playable,
        cover=cover,
        warnings=warnings,
        now=timezone.now(),
    )
    run.written.clear()
    logger.info("Song %s is done.", song.id)
    # Apart from the result, since all workers that analyse songs of one user write this row.
    music_add(owner_id=song.owner_id, seconds=result.duration_s, now=timezone.now())
    _remove_other_files(song, {str(song.file.name), spectrogram, playable, cover})


def _progress_writer(run: Run) -> ml_gateway.Progress:
    """Writes the progress to the row now and then, and ends the analysis once the lease is lost."""
    last_stage = ""
    last_at = 0.0

    def on_progress(stage: str, done: int, total: int) -> None:
        nonlocal last_stage, last_at
        if run.is_lost():
            raise LeaseLost
        if run.on_progress is not None:
            run.on_progress(stage, done, total)
        finished = stage == Stage.ANALYSING and done == total
        if stage == last_stage and not finished and time.monotonic() - last_at < PROGRESS_EVERY_S:
            return
        last_stage, last_at = stage, time.monotonic()
        if stage == Stage.DECODING:
            # Reported in seconds of the declared duration, stored in segments like the other stage.
            done, total = ml_gateway.segment_count(done), ml_gateway.segment_count(total)
            done = min(done, total)
        song_progress(
            song_id=run.song.id,
            lease_token=run.lease_token,
            stage=stage,
            segments_done=done,
            segments_total=total,
        )

    return on_progress


def _playable_copy(source: Path, target: Path, warnings: list[dict[str, str]]) -> bool:
    """A copy that cannot be made is a warning: the result does not depend on it."""
    try:
        return ml_gateway.playable_copy(source, target)
    except ml_gateway.MoodError as error:
        logger.warning("No playable copy of %s: %s", source, error)
        warnings.append(NO_PLAYABLE_COPY)
        return False


def _remove_other_files(song: Song, current: set[str]) -> None:
    """Remove the files of earlier analyses from the song's folder."""
    folder, storage = song_folder(song), song_storage()
    names = {Path(name).name for name in current if name}
    others = [name for name in storage.file_names(folder) if name not in names]
    # Another worker may analyse the song again already, and files of its own are not ours to remove. If the result is
    # still this one, it had not begun when they were listed.
    if Song.objects.filter(id=song.id, status=Status.DONE, spectrogram__in=current).exists():
        for name in others:
            storage.delete(f"{folder}/{name}")


def _remove_written(run: Run) -> None:
    for name in run.written:
        song_storage().delete(name)
    _remove_folder_of_deleted(run.song)


def _remove_folder_of_deleted(song: Song) -> None:
    # A deletion removes the row before the folder, so this sees either both or neither.
    if not Song.objects.filter(id=song.id).exists():
        delete_folder(song_folder(song))
