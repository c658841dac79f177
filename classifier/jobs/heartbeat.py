"""The thread that keeps a lease while its song is heard."""

from __future__ import annotations

import logging
import threading
import uuid
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from classifier.jobs.lease import lease_renew

logger = logging.getLogger(__name__)


class Heartbeat:
    """Renews the lease four times in its life, so that one late beat does not lose the song.

    `lost` tells the listening that there is no use in going on.
    """

    def __init__(self, song_id: uuid.UUID, lease_token: uuid.UUID) -> None:
        self.lost = False
        self._song_id = song_id
        self._lease_token = lease_token
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{song_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._over.wait(settings.LEASE_S / 4):
                try:
                    renewed = lease_renew(song_id=self._song_id, lease_token=self._lease_token, now=timezone.now())
                except DatabaseError as error:
                    # Maybe it comes back before the lease ends; if not, the sweep decides.
                    logger.warning("The lease of song %s could not be renewed: %s", self._song_id, error)
                    connection.close()
                    continue
                if not renewed:
                    self.lost = True
                    return
        finally:
            connection.close()
