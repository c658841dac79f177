"""Messages to the workers. They only say that a song may be due; the rows are the source of truth."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime
from typing import Any

from kombu.exceptions import KombuError, OperationalError

from classifier.models import Song
from mmc.celery import app
from mmc.logs import context_values

logger = logging.getLogger(__name__)

ANALYSE_SONG = "classifier.analyse_song"
DRAW_SALIENCY = "classifier.draw_saliency"


def queued_now(now: datetime) -> dict[str, Any]:
    """The columns of a song that is queued: when, and by which request, which the log of its analysis names."""
    return {"queued_at": now, "request_id": context_values().get("request_id", "")}


def enqueue(song_id: uuid.UUID, *, now: datetime) -> bool:
    """Send a queued song to the workers. If the broker is down, the sweep sends it later."""
    try:
        app.send_task(ANALYSE_SONG, args=[str(song_id)])
    except (KombuError, OperationalError, OSError) as error:
        logger.warning("The broker did not accept the message about song %s: %s", song_id, error)
        return False
    # Not if a worker has already claimed it: then it is no longer queued.
    Song.objects.queued().filter(id=song_id).update(enqueued_at=now)
    return True


def enqueue_saliency(song_id: uuid.UUID) -> bool:
    """Have a worker draw the saliency images of a song. If the message is lost, the page sends another one."""
    try:
        app.send_task(DRAW_SALIENCY, args=[str(song_id)])
    except (KombuError, OperationalError, OSError) as error:
        logger.warning("The broker did not accept the message about the saliency of song %s: %s", song_id, error)
        return False
    return True
