"""A subprocess that analyses songs for the command line: if one kills it, or takes too long, only that song fails."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import time
import uuid
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import connections

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.jobs.analyse import failure_reason, song_analyse
from classifier.jobs.process_limits import limit_memory, use_one_core

if TYPE_CHECKING:
    from classifier.ml_gateway import AnalysisResult

logger = logging.getLogger(__name__)


class AnalysisSubprocess:
    """Starts with the first song and serves the following ones, since loading the models takes longer than a song.

    A context manager; see docs/decisions for why it is not a Celery worker.
    """

    def __init__(self) -> None:
        # Forked: a new interpreter would import everything again, and this process has neither threads nor models.
        self._context = multiprocessing.get_context("fork")
        self._process: ForkProcess | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def analyse(self, path: Path, on_progress: ml_gateway.Progress) -> AnalysisResult:
        """Analyse a file without storing anything. Raises ProductError with the reason where that fails."""
        result: AnalysisResult = self._run(path, on_progress)
        return result

    def analyse_song(self, song_id: uuid.UUID, on_progress: ml_gateway.Progress) -> None:
        """Analyse a stored song that is queued; its row has the outcome. Raises ProductError if the process died."""
        self._run(song_id, on_progress)

    def _run(self, job: Path | uuid.UUID, on_progress: ml_gateway.Progress) -> Any:
        pipe = self._started()
        deadline = time.monotonic() + settings.SONG_TIME_LIMIT_S
        try:
            pipe.send(job)
            while pipe.poll(max(0.0, deadline - time.monotonic())):
                kind, content = pipe.recv()
                if kind == "progress":
                    on_progress(*content)
                elif kind == "result":
                    return content
                else:
                    raise ProductError(*content)
        except (EOFError, ConnectionError):
            self._stop()
            raise ProductError(
                "worker_lost", "The process that analysed this file died: convert the file to another format."
            ) from None
        self._stop()
        raise ProductError(
            "too_slow",
            f"The analysis took more than {settings.SONG_TIME_LIMIT_S} s, the limit for one song: "
            "raise SONG_TIME_LIMIT_S, or use a shorter file.",
        )

    def _started(self) -> Connection:
        if self._pipe is None:
            # A database connection must not be used on both sides of a fork.
            connections.close_all()
            self._pipe, other_end = self._context.Pipe()
            self._process = self._context.Process(target=_serve, args=(other_end, self._pipe), daemon=True)
            self._process.start()
            other_end.close()
        return self._pipe

    def _stop(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._pipe = self._process = None


def _serve(pipe: Connection, other_end: Connection) -> None:
    """The subprocess: analyse one job after the other until the pipe is closed."""
    # While this process has the other end open too, it does not notice that the parent closes it.
    other_end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    use_one_core()
    limit_memory()

    def on_progress(stage: str, done: int, total: int) -> None:
        pipe.send(("progress", (stage, done, total)))

    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        pipe.send(_outcome(job, on_progress))


def _outcome(job: Path | uuid.UUID, on_progress: ml_gateway.Progress) -> tuple[str, Any]:
    try:
        if isinstance(job, uuid.UUID):
            song_analyse(song_id=job, on_progress=on_progress)
            return "result", None
        return "result", ml_gateway.analyse(job, on_progress=on_progress)
    except Exception as error:
        code, message = failure_reason(error)
        if code == "internal_error":
            logger.exception("%s failed.", job)
        return "failed", (code, message)
