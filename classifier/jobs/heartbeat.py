"""The thread that renews a lease during the analysis."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from contextvars import copy_context
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from classifier.jobs.lease import lease_renew, song_give_back
from classifier.jobs.queue import message_send
from classifier.jobs.shutdown import should_give_back

logger = logging.getLogger(__name__)

CHECK_EVERY_S = 0.25
"""How soon a song is given back once the grace period of a shutdown is over."""


class Heartbeat:
    """Renews the lease four times before it expires, so that one late beat does not lose the song. Gives the song back
    where the worker has to stop: from this thread, since the analysis may be busy in a library at that moment.

    Once `lost` is true, the analysis can stop: its result would not be stored.
    """

    def __init__(self, song_id: uuid.UUID, lease_token: uuid.UUID, queue: str = "") -> None:
        """`queue` gets the message for another worker where the song is given back."""
        self.lost = False
        self._song_id = song_id
        self._lease_token = lease_token
        self._queue = queue
        self._stopped = threading.Event()
        # In the context of the analysis, so that its records name the song and the request too.
        self._thread = threading.Thread(
            target=copy_context().run, args=(self._beat,), name=f"heartbeat-{song_id}", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._thread.join()

    def _beat(self) -> None:
        interval_s = settings.LEASE_S / 4
        renew_at = time.monotonic() + interval_s
        try:
            while not self.lost and not self._stopped.wait(min(interval_s, CHECK_EVERY_S)):
                try:
                    if should_give_back():
                        self._give_back()
                    elif time.monotonic() >= renew_at:
                        renew_at = time.monotonic() + interval_s
                        self._renew()
                except DatabaseError as error:
                    # The database may come back before the lease expires; if not, the sweep requeues the song.
                    logger.warning("The lease of song %s could not be renewed: %s", self._song_id, error)
                    connection.close()
        finally:
            connection.close()

    def _renew(self) -> None:
        self.lost = not lease_renew(song_id=self._song_id, lease_token=self._lease_token, now=timezone.now())

    def _give_back(self) -> None:
        if song_give_back(song_id=self._song_id, lease_token=self._lease_token):
            logger.info("This worker stops: song %s is given back to the queue.", self._song_id)
            if self._queue:
                message_send(self._queue)
        self.lost = True
