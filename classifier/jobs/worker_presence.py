"""Each worker updates a row while it runs, so that the pages can show when there is none."""

from __future__ import annotations

import logging
import os
import threading
from typing import Any

import psutil
from celery import bootsteps
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from classifier.models import WorkerPresence
from mmc import __version__

logger = logging.getLogger(__name__)

EVERY_S = 3.0

# The pool forks a new child when one has died. A fork during a write would leave the child with locks of the database
# library that are held by a thread which it does not have, so forks and writes exclude each other.
_writing = threading.Lock()
os.register_at_fork(before=_writing.acquire, after_in_parent=_writing.release, after_in_child=_writing.release)

_name = ""


def this_worker() -> str:
    """The name of the worker that this process belongs to; empty outside of workers."""
    return _name


class WorkerPresenceStep(bootsteps.StartStopStep):
    """A thread in the main process of the worker, from the start of its pool until it stops."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        global _name
        super().__init__(parent, **kwargs)
        # Before the pool forks its first child, so that every child has it too.
        _name = parent.hostname
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, parent: Any) -> None:
        self._thread = threading.Thread(target=self._run, args=(parent.hostname,), name="worker-presence", daemon=True)
        self._thread.start()

    def stop(self, parent: Any) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout=EVERY_S)

    terminate = stop

    def _run(self, name: str) -> None:
        started_at = timezone.now()
        while True:
            memory_bytes = memory_with_children()
            with _writing:
                try:
                    WorkerPresence.objects.update_or_create(
                        name=name,
                        defaults={
                            "started_at": started_at,
                            "seen_at": timezone.now(),
                            "version": __version__,
                            "processes": settings.CELERY_WORKER_CONCURRENCY,
                            "queues": " ".join(settings.WORKER_QUEUES),
                            "memory_bytes": memory_bytes,
                        },
                    )
                except DatabaseError as error:
                    logger.warning("The presence of this worker could not be written: %s", error)
                finally:
                    connection.close()
            if self._stopped.wait(EVERY_S):
                break
        self._delete(name)

    def _delete(self, name: str) -> None:
        with _writing:
            try:
                WorkerPresence.objects.filter(name=name).delete()
            except DatabaseError as error:
                logger.warning("The presence of this worker could not be deleted: %s", error)
            finally:
                connection.close()


def memory_with_children() -> int:
    """Memory of this process and its children in bytes, where possible without counting shared pages twice."""
    this = psutil.Process()
    return sum(_memory(process) for process in (this, *this.children(recursive=True)))


def _memory(process: psutil.Process) -> int:
    try:
        memory = process.memory_full_info()
        return int(getattr(memory, "pss", memory.rss))
    except psutil.Error:
        return 0  # It has just ended.
