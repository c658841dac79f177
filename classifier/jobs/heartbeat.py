"""The thread that renews a lease during the analysis."""

from __future__ import annotations

import logging
import threading
import uuid
from contextvars import copy_context
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from classifier.jobs.lease import lease_renew

logger = logging.getLogger(__name__)


class Heartbeat:
    """Renews the lease four times before it expires, so that one late beat does not lose the song.

    Once `lost` is true, the analysis can stop: its result would not be stored.
    """

    def __init__(self, song_id: uuid.UUID, lease_token: uuid.UUID) -> None:
        self.lost = False
        self._song_id = song_id
        self._lease_token = lease_token
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
        try:
            while not self._stopped.wait(settings.LEASE_S / 4):
                try:
                    renewed = lease_renew(song_id=self._song_id, lease_token=self._lease_token, now=timezone.now())
                except DatabaseError as error:
                    # The database may come back before the lease expires; if not, the sweep requeues the song.
                    logger.warning("The lease of song %s could not be renewed: %s", self._song_id, error)
                    connection.close()
                    continue
                if not renewed:
                    self.lost = True
                    return
        finally:
            connection.close()
