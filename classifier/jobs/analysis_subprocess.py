"""The supervision of a subprocess that analyses songs: no song can block or end the process above it.

That process has the lease on the song, renews it, and ends the subprocess when the song takes too long. What the
subprocess does at that moment, or whether it still listens to signals, does not matter.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Collection
from functools import cache, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import timezone
from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.jobs.analysis_files import leftovers_remove
from classifier.jobs.analysis_jobs import FileJob, Job, MadeFileJob, SaliencyJob, SongJob, serve
from classifier.jobs.child_process import ChildProcess
from classifier.jobs.failure_reasons import too_slow
from classifier.jobs.finish import song_fail
from classifier.jobs.heartbeat import Heartbeat
from classifier.jobs.lease import LeaseLost, next_song_claim, song_claim, song_give_back
from classifier.jobs.made_files import MADE_FILES, file_abandon
from classifier.jobs.queue import message_send, message_send_if_none_waits
from classifier.jobs.saliency import saliency_abandon
from classifier.jobs.shutdown import should_give_back
from classifier.jobs.sweep import lost_song_requeue
from classifier.models import SERVED_QUEUES, Song
from mmc.logs import context_values, log_context

if TYPE_CHECKING:
    from classifier.ml_gateway import AnalysisResult

logger = logging.getLogger(__name__)

GRACE_S = 5.0
"""At the limit, a subprocess ends the song itself before its next block, and keeps its models. Later, it is killed."""
LOST_S = 10.0
"""The same for a song that was cancelled, deleted or given to another worker."""
SALIENCY_LIMIT_S = 600
"""It takes a minute for the longest song. After ten, no page is waiting for it."""
CHECK_EVERY_S = 0.5
WRITE_ATTEMPTS = 10
WRITE_AGAIN_S = 2.0


class AnalysisSubprocess:
    """Starts with the first song and serves the following ones, since loading the models takes longer than a song.

    A context manager; see docs/decisions for why there are two processes. With `background`, requests come first.
    """

    def __init__(self, *, background: bool = False) -> None:
        self._background = background
        self._child: ChildProcess | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()
        self._child = None

    def analyse(
        self, path: Path, on_progress: ml_gateway.Progress, own_models: tuple[tuple[str, str], ...] = ()
    ) -> AnalysisResult:
        """Analyse a file without storing anything. Raises ProductError with the reason where that fails."""
        self._start()
        result: AnalysisResult = self._run(FileJob(path, own_models), settings.SONG_TIME_LIMIT_S, on_progress)
        return result

    def analyse_song(self, song_id: uuid.UUID, on_progress: ml_gateway.Progress | None = None) -> bool:
        """Claim a queued song and analyse it; its row has the outcome. False if it is not queued: nothing to do.

        A song that takes too long fails at once, and is not tried again. One whose subprocess died is queued again, up
        to MAX_ATTEMPTS.
        """
        if self._analyse_claimed(lambda: song_claim(song_id=song_id, now=timezone.now()), on_progress) is None:
            logger.info("Song %s is not queued: nothing to do.", song_id)
            return False
        return True

    def analyse_next(self, *, queues: Collection[str], on_claim: Callable[[Song], None]) -> Song | None:
        """The same with the song that is next in these queues. None if none is due."""

        def claim() -> Song | None:
            song = next_song_claim(queues=queues, now=timezone.now())
            if song is not None:
                on_claim(song)
            return song

        return self._analyse_claimed(claim)

    def _analyse_claimed(
        self, claim: Callable[[], Song | None], on_progress: ml_gateway.Progress | None = None
    ) -> Song | None:
        self._start()  # before the heartbeat: a process with threads should not fork
        song = claim()
        if song is None or song.lease_token is None:
            return None
        lease_token = song.lease_token
        ended = False
        try:
            named = log_context(song_id=str(song.id), person_id=str(song.owner_id), request_id=song.request_id)
            with named, Heartbeat(song.id, lease_token, song.queue) as heartbeat:
                ended = self._supervise(song, lease_token, on_progress, heartbeat)
        finally:
            if not ended:  # Ctrl-C, or the database does not answer
                self.stop()
                song_give_back(song_id=song.id, lease_token=lease_token)
        return song

    def draw_saliency(self, song_id: uuid.UUID) -> None:
        """Draw the saliency images of a song. One that takes too long, or crashes the subprocess, has none."""
        self._start()
        try:
            with log_context(song_id=str(song_id)):
                self._run(SaliencyJob(song_id), SALIENCY_LIMIT_S)
        except ProductError as error:
            logger.warning("The saliency of song %s cannot be drawn: %s", song_id, error.message)
            if error.code == "too_slow":
                saliency_abandon(song_id=song_id, now=timezone.now())

    def make_file(self, kind: str, song_id: uuid.UUID) -> None:
        """The same for one of MADE_FILES."""
        self._start()
        try:
            with log_context(song_id=str(song_id)):
                self._run(MadeFileJob(kind, song_id), SALIENCY_LIMIT_S)
        except ProductError as error:
            made = MADE_FILES[kind]
            logger.warning("The %s of song %s cannot be made: %s", made.title, song_id, error.message)
            if error.code == "too_slow":
                file_abandon(made, song_id=song_id, now=timezone.now())

    def _supervise(
        self, song: Song, lease_token: uuid.UUID, on_progress: ml_gateway.Progress | None, heartbeat: Heartbeat
    ) -> bool:
        job = SongJob(song.id, lease_token)
        try:
            self._run(job, settings.SONG_TIME_LIMIT_S, on_progress, is_lost=lambda: heartbeat.lost)
        except LeaseLost:
            leftovers_remove(song, lease_token)
        except ProductError as error:
            # The subprocess was ended or has died, so it could not end the song itself. Only with the lease that this
            # process took: any other one belongs to another worker.
            logger.warning("Song %s: %s (%s)", song.id, error.message, error.code)
            if error.code == "worker_lost":
                _written(lambda: lost_song_requeue(song_id=song.id, lease_token=lease_token, now=timezone.now()))
            else:
                reason = {"code": error.code, "message": error.message}
                _written(lambda: song_fail(song_id=song.id, lease_token=lease_token, **reason, now=timezone.now()))
            leftovers_remove(song, lease_token)
        return True

    def _run(
        self,
        job: Job,
        limit_s: float,
        on_progress: ml_gateway.Progress | None = None,
        is_lost: Callable[[], bool] = lambda: False,
    ) -> Any:
        """The result of a job. Raises ProductError; with "too_slow" and "worker_lost", the subprocess has ended, as
        with LeaseLost, where the worker has to stop."""
        assert self._child is not None
        pipe = self._child.pipe
        end = time.monotonic() + limit_s + GRACE_S
        try:
            pipe.send((job, limit_s, on_progress is not None, context_values()))
            while (now := time.monotonic()) < end:
                if is_lost():
                    if should_give_back():
                        # Another worker may have the song already, and this one has no time to wait.
                        self.stop()
                        raise LeaseLost
                    end = min(end, now + LOST_S)
                    is_lost = lambda: False  # noqa: E731 - once
                if not pipe.poll(min(CHECK_EVERY_S, end - now)):
                    continue
                kind, content = pipe.recv()
                if kind == "progress":
                    if on_progress is not None:
                        on_progress(*content)
                elif kind == "result":
                    return content
                else:
                    raise ProductError(*content)
        except (EOFError, ConnectionError):
            self.stop()
            raise ProductError(
                "worker_lost", gettext("The process that analysed this file died: convert the file to another format.")
            ) from None
        self.stop()
        raise ProductError(*too_slow())

    def _start(self) -> None:
        if self._child is None:
            # A database connection must not be used on both sides of a fork.
            connections.close_all()
            self._child = ChildProcess(partial(serve, background=self._background))


@cache
def worker_subprocess() -> AnalysisSubprocess:
    """That of a process of the worker's pool."""
    return AnalysisSubprocess(background=True)


def next_song_analyse(*, queue: str) -> None:
    """What a worker does with a task message of this queue: analyse the next song of all queues that it serves."""
    served = [name for name in SERVED_QUEUES if name in settings.WORKER_QUEUES or name == queue]

    def replace_message(song: Song) -> None:
        # The song that the message was sent for still waits, perhaps for a worker that serves its queue only.
        if song.queue != queue:
            message_send(queue)

    if worker_subprocess().analyse_next(queues=served, on_claim=replace_message) is None:
        logger.debug("A message came, and no song is due.")
        return
    message_send_if_none_waits(served)


def _written(write: Callable[[], object]) -> None:
    """Write the end of a song although the database may not answer for some seconds."""
    for attempt in range(1, WRITE_ATTEMPTS + 1):
        try:
            write()
            return
        except DatabaseError:
            if attempt == WRITE_ATTEMPTS:
                raise
            connections.close_all()
            time.sleep(WRITE_AGAIN_S)
