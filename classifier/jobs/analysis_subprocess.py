"""A process of its own that hears songs for a command: what kills it, or takes too long, costs one song."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import time
import uuid
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import connections

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.jobs.analyse import reason_of, song_analyse
from classifier.jobs.process_limits import keep_to_one_core, limit_memory

if TYPE_CHECKING:
    from ml.inference.analysis import AnalysisResult as Heard

logger = logging.getLogger(__name__)


class AnalysisSubprocess:
    """Started with the first song and kept, since loading the models takes longer than hearing many songs."""

    def __init__(self) -> None:
        # Forked: a fresh interpreter would load everything again, and nothing here has threads or models yet.
        self._context = multiprocessing.get_context("fork")
        self._child: Any = None
        self._pipe: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def hear(self, path: Path, on_progress: ml_gateway.Progress) -> Heard:
        """Hear a file without storing anything; ProductError with the reason where that fails."""
        return self._ask(path, on_progress)

    def analyse_song(self, song_id: uuid.UUID, on_progress: ml_gateway.Progress) -> None:
        """Hear a stored song if it waits; how it ended is in its row. ProductError where the child was lost."""
        self._ask(song_id, on_progress)

    def _ask(self, job: Path | uuid.UUID, on_progress: ml_gateway.Progress) -> Any:
        pipe = self._started()
        end = time.monotonic() + settings.SONG_TIME_LIMIT_S
        try:
            pipe.send(job)
            while pipe.poll(max(0.0, end - time.monotonic())):
                kind, content = pipe.recv()
                if kind == "progress":
                    on_progress(*content)
                elif kind == "heard":
                    return content
                else:
                    raise ProductError(*content)
        except (EOFError, ConnectionError):
            self._stop()
            raise ProductError(
                "worker_lost", "The process that listened to this file died of it: convert the file to another format."
            ) from None
        self._stop()
        raise ProductError(
            "too_slow",
            f"Listening took more than {settings.SONG_TIME_LIMIT_S} s, which is the limit for one song: "
            "raise SONG_TIME_LIMIT_S, or take a shorter piece.",
        )

    def _started(self) -> Connection:
        if self._pipe is None:
            # A connection to the database must not be used on both sides of a fork.
            connections.close_all()
            self._pipe, end = self._context.Pipe()
            self._child = self._context.Process(target=_listen, args=(end, self._pipe), daemon=True)
            self._child.start()
            end.close()
        return self._pipe

    def _stop(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._child.kill()
            self._child.join()
            self._pipe = self._child = None


def _listen(pipe: Connection, other_end: Connection) -> None:
    # While this process held the other end too, it would never see it close.
    other_end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_to_one_core()
    limit_memory()

    def report(stage: str, done: int, total: int) -> None:
        pipe.send(("progress", (stage, done, total)))

    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        pipe.send(_outcome(job, report))


def _outcome(job: Path | uuid.UUID, report: Callable[[str, int, int], None]) -> tuple[str, Any]:
    try:
        if isinstance(job, uuid.UUID):
            song_analyse(song_id=job, watcher=report)
            return "heard", None
        return "heard", ml_gateway.analyse(job, on_progress=report)
    except Exception as error:
        code, message = reason_of(error)
        if code == "internal_error":
            logger.exception("%s failed.", job)
        return "failed", (code, message)
