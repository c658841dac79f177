"""The analysis of one song, from queued to done or failed, in the process that runs the models."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from classifier import ml_gateway
from classifier.accounts.quotas import music_add
from classifier.errors import ProductError
from classifier.jobs.analysis_files import Run, file_mark, other_files_remove, playable_store, written_remove
from classifier.jobs.covers import cover_prepare
from classifier.jobs.failure_reasons import SOURCE_FILE_MISSING, STORAGE_UNAVAILABLE, WORKER_LOST, failure_reason
from classifier.jobs.finish import song_fail, song_finish
from classifier.jobs.heartbeat import Heartbeat
from classifier.jobs.known_recording import KnownResult, SongMerged, file_sha256, known_result, song_identify
from classifier.jobs.lease import LeaseLost, song_claim, song_give_back, song_progress
from classifier.models import OwnModel, OwnModelVersion, Queue, Song, Stage, song_folder
from classifier.monitoring.counters import count_song, count_stages
from classifier.monitoring.stage_clock import StageClock
from classifier.recordings.copies import recording_assign
from classifier.sources.audio_file import LATER, copied_bytes, locations_mark_missing, song_audio_file
from classifier.sources.folder_paths import file_missing, unavailable
from classifier.uploads.disk_reserve import require_room
from classifier.uploads.reserve_file import reserve_file_shrink
from classifier.uploads.song_storage import song_storage
from mmc.logs import log_context

logger = logging.getLogger(__name__)

PROGRESS_EVERY_S = 0.5
RESULT_BYTES = 2_000_000
"""More than rows and image of a song of two hours take."""
COPY_ON_DEMAND = {
    "code": "copy_on_demand",
    "message": gettext_noop(
        "Browsers may not play this file. When you play it, a copy that they play is made, in some seconds."
    ),
}


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
    except SongMerged:
        logger.info("Song %s is a recording that is known already: its places are those of that song now.", song.id)
    except LeaseLost:
        logger.info("Song %s was cancelled, deleted, given back or given to another worker meanwhile.", song.id)
        written_remove(run)
    except Exception as error:
        code, message = failure_reason(error)
        if code == WORKER_LOST:
            # No fault of the song, and nothing can be written now. The process that has the lease puts it back.
            written_remove(run)
            raise
        if code == STORAGE_UNAVAILABLE:
            logger.warning("Song %s waits until the storage of songs answers again.", song.id)
            song_give_back(song_id=song.id, lease_token=run.lease_token, paused_at=timezone.now())
            return
        if code in LATER:
            logger.warning("Song %s waits until its source answers again: %s", song.id, message)
            paused_at = timezone.now()
            song_give_back(song_id=song.id, lease_token=run.lease_token, paused_at=paused_at, queue=Queue.HELD)
            written_remove(run)
            return
        if code == SOURCE_FILE_MISSING:
            locations_mark_missing(song, now=timezone.now())
        if code == "disk_full":
            reserve_file_shrink()  # for this row
        failed = song_fail(song_id=song.id, lease_token=run.lease_token, code=code, message=message, now=timezone.now())
        if not failed:
            # The lease is lost: for instance a deletion removed the files while they were read.
            logger.info("Song %s was taken away during its analysis (%s).", song.id, error)
        elif code == "internal_error":
            logger.exception("Song %s failed.", song.id)
        else:
            logger.warning("Song %s failed: %s (%s)", song.id, message, code)
        written_remove(run)


def _analyse(run: Run) -> None:
    song = run.song
    # Where it does not lie on this disk, the file itself comes here too.
    require_room(RESULT_BYTES + copied_bytes(song))
    with song_audio_file(song) as source:
        if song.file:
            _analyse_file(run, source)
        else:
            _analyse_file_of_others(run, source)


def _analyse_file_of_others(run: Run, source: Path) -> None:
    """A file that others may move or write while it is read. Raises ProductError if they do."""
    before = _state(source)
    try:
        _analyse_file(run, source, still_the_same=lambda: before is not None and _state(source) == before)
    except (ml_gateway.MoodError, OSError) as error:
        after = _state(source)
        if after is None:
            raise file_missing(run.song.file_name) from error
        if after != before:
            raise _written_meanwhile(source) from error
        raise


def _state(path: Path) -> tuple[int, int] | None:
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_size, state.st_mtime_ns


def _written_meanwhile(path: Path) -> ProductError:
    return unavailable(gettext("The file %(name)s was written while it was read.") % {"name": path.name})


def _analyse_file(run: Run, source: Path, still_the_same: Callable[[], bool] = lambda: True) -> None:
    song = run.song
    used = OwnModel.objects.used().versions()
    with ml_gateway.own_models([(one.name, one.version) for one in used]):
        result = _known_result(run, source, used) or ml_gateway.analyse(source, on_progress=_progress_writer(run))
    warnings = list(result.warnings)
    mark = file_mark(run.lease_token)
    folder = song_folder(song)
    storage = song_storage()

    require_room(RESULT_BYTES)
    spectrogram = playable = ""
    if song.file:
        if result.spectrogram_png:
            spectrogram = storage.save(f"{folder}/spectrogram{mark}png", ContentFile(result.spectrogram_png))
            run.written.append(spectrogram)
        playable = playable_store(run, source, result.duration_s, warnings)
    elif not ml_gateway.browsers_play(source):
        warnings.append(COPY_ON_DEMAND)
    embedded = result.tags.cover
    cover = cover_prepare(owner_id=song.owner_id, data=embedded.data if embedded else None)
    if not still_the_same():
        raise _written_meanwhile(source)
    now = timezone.now()
    song_finish(
        song=song,
        result=result,
        spectrogram=spectrogram,
        playable=playable,
        cover=cover,
        warnings=warnings,
        now=now,
    )
    run.written.clear()
    logger.info("Song %s is done.", song.id)
    # Apart from the result, since all workers that analyse songs of one user write this row.
    music_add(owner_id=song.owner_id, seconds=result.duration_s, now=timezone.now())
    other_files_remove(song, {str(song.file.name), spectrogram, playable}, finished_at=now)
    recording_assign(song_id=song.id, features=result.answer["features"])


def _known_result(run: Run, source: Path, used: Sequence[OwnModelVersion]) -> KnownResult | None:
    """The result of another song with the same sound, if these own models have read it. Raises SongMerged and
    LeaseLost."""
    song = run.song
    audio_hash = ml_gateway.audio_hash(source)
    other = song_identify(
        song=song,
        lease_token=run.lease_token,
        audio_hash=audio_hash,
        sha256=song.sha256 if song.file else file_sha256(source),
        now=timezone.now(),
    )
    return known_result(other, ml_gateway.read_tags(source), used) if other is not None else None


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
