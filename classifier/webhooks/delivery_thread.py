"""Delivers webhooks beside the other work of a process."""

from __future__ import annotations

import logging
import threading

from django.db import DatabaseError, connections

from classifier.webhooks.delivery import deliver_due

logger = logging.getLogger(__name__)

EVERY_S = 1.0


class DeliveryThread(threading.Thread):
    """A thread of its own, since receivers may be slow."""

    def __init__(self) -> None:
        super().__init__(name="webhooks", daemon=True)
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.wait(EVERY_S):
            try:
                while deliver_due().delivered and not self._stopped.is_set():
                    pass
            except (DatabaseError, OSError) as error:
                # The messages stay in the database, and wait.
                logger.warning("Webhooks are not delivered now, and will be later: %s", error)
            finally:
                connections.close_all()

    def stop(self) -> None:
        self._stopped.set()
        # A message that is being sent now may be sent again: receivers know it by its id.
        self.join(timeout=1.0)
