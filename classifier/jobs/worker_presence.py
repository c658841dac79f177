"""A worker says that it is there, so that the pages can say when none is."""

from __future__ import annotations

import logging
import os
import threading
from typing import Any

from celery import bootsteps
from django.db import DatabaseError, connection
from django.utils import timezone

from classifier.models import WorkerPresence

logger = logging.getLogger(__name__)

EVERY_S = 3.0

# The pool forks a new child when one has died. A fork in the middle of a write would leave the child with the
# database library's locks held by a thread that it does not have, so forks and writes take turns.
_writing = threading.Lock()
os.register_at_fork(before=_writing.acquire, after_in_parent=_writing.release, after_in_child=_writing.release)


class WorkerPresenceStep(bootsteps.StartStopStep):
    """A thread in the worker's main process, from when its children are there until it stops."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, parent: Any) -> None:
        self._thread = threading.Thread(target=self._say, args=(parent.hostname,), name="presence", daemon=True)
        self._thread.start()

    def stop(self, parent: Any) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join(timeout=EVERY_S)

    terminate = stop

    def _say(self, name: str) -> None:
        started_at = timezone.now()
        while True:
            with _writing:
                try:
                    WorkerPresence.objects.update_or_create(
                        name=name, defaults={"started_at": started_at, "seen_at": timezone.now()}
                    )
                except DatabaseError as error:
                    logger.warning("The worker could not say that it is there: %s", error)
                finally:
                    connection.close()
            if self._over.wait(EVERY_S):
                break
        self._leave(name)

    def _leave(self, name: str) -> None:
        with _writing:
            try:
                WorkerPresence.objects.filter(name=name).delete()
            except DatabaseError as error:
                logger.warning("The worker could not say that it leaves: %s", error)
            finally:
                connection.close()
