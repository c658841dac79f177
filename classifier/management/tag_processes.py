"""The songs of `manage.py tag`, one after the other or in several processes; answers in the order of the songs.

Each process supervises a subprocess of its own, as a worker does (docs/decisions/0004-two-processes-for-analysis.md):
the command itself has no threads, and forks the processes before it reads a song.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection, wait
from typing import Any, NoReturn

from django.db import connections

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.jobs.analysis_subprocess import AnalysisSubprocess
from classifier.jobs.child_process import ChildProcess
from classifier.management.audio_paths import PathEntry

MAX_JOBS = 64
AHEAD = 4
"""Songs for each process that may be on their way: a long song holds back no more finished answers than these."""

Answer = dict[str, Any]
AnswerSong = Callable[[PathEntry, AnalysisSubprocess, ml_gateway.Progress], Answer]
LOST = ("worker_lost", "The process that analysed this file died: convert the file to another format.")


def answers_one_by_one(
    entries: Iterable[PathEntry], answer: AnswerSong, on_progress: Callable[[PathEntry], ml_gateway.Progress]
) -> Generator[tuple[PathEntry, Answer], None, None]:
    with AnalysisSubprocess() as subprocess:
        for entry in entries:
            yield entry, answer(entry, subprocess, on_progress(entry))


def answers_of_processes(
    entries: Sequence[PathEntry], answer: AnswerSong, failure: Callable[[PathEntry, ProductError], Answer], jobs: int
) -> Generator[tuple[PathEntry, Answer], None, None]:
    """With so many processes. A song that takes its process along fails alone: another process takes the place."""
    finished: dict[int, Answer] = {}
    due = begun = 0
    with _running(jobs, answer) as workers:
        while due < len(entries):
            for worker in workers:
                while worker.number is None and begun < min(due + AHEAD * jobs, len(entries)):
                    entry = entries[begun]
                    if entry.error is None:
                        worker.take(begun, entry)
                    else:
                        finished[begun] = failure(entry, entry.error)
                    begun += 1
            busy = [worker for worker in workers if worker.number is not None]
            for pipe in wait([worker.process.pipe for worker in busy]) if due not in finished else ():
                worker = next(worker for worker in busy if worker.process.pipe is pipe)
                number, song_answer = worker.answer()
                finished[number] = song_answer or failure(entries[number], ProductError(*LOST))
            while due in finished:
                yield entries[due], finished.pop(due)
                due += 1


class _Worker:
    def __init__(self, answer: AnswerSong) -> None:
        self._answer = answer
        self.number: int | None = None
        self._start()

    def _start(self) -> None:
        # A database connection must not be used on both sides of a fork.
        connections.close_all()
        self.process = ChildProcess(partial(_serve, answer=self._answer))

    def take(self, number: int, entry: PathEntry) -> None:
        self.number = number
        try:
            self.process.pipe.send(entry)
        except ConnectionError:
            pass  # noticed when its answer is read

    def answer(self) -> tuple[int, Answer | None]:
        """The number of the song, and its answer: none where the process has died."""
        assert self.number is not None
        number, self.number = self.number, None
        try:
            return number, self.process.pipe.recv()
        except (EOFError, ConnectionError):
            self.process.stop()
            self._start()
            return number, None


@contextmanager
def _running(jobs: int, answer: AnswerSong) -> Iterator[list[_Worker]]:
    workers: list[_Worker] = []
    try:
        for _ in range(jobs):
            workers.append(_Worker(answer))
        yield workers
    finally:
        for worker in workers:
            worker.process.terminate()
        for worker in workers:
            worker.process.stop()


def _serve(pipe: Connection, *, answer: AnswerSong) -> None:
    """Runs in each process, until its pipe is closed or it is asked to end."""
    signal.signal(signal.SIGTERM, _interrupted)
    try:
        with AnalysisSubprocess() as subprocess:
            while True:
                pipe.send(answer(pipe.recv(), subprocess, _no_progress))
    except KeyboardInterrupt:
        pass


def _interrupted(number: int, frame: object) -> NoReturn:
    """As Ctrl-C does without processes: a stored song is given back. Once, so that nothing interrupts that."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _no_progress(stage: str, done: int, total: int) -> None:
    pass
