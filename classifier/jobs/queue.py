"""Handing songs to the broker. Its messages only say that it is time to look; the rows are the truth."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from kombu.exceptions import KombuError, OperationalError

from classifier.models import Song
from mmc.celery import app

logger = logging.getLogger(__name__)

ANALYSE_SONG = "classifier.analyse_song"
DRAW_SALIENCY = "classifier.draw_saliency"


def enqueue(song_id: uuid.UUID, *, now: datetime) -> bool:
    """Tell the workers about a song; if the broker is away the song stays queued and the sweep comes back to it."""
    try:
        app.send_task(ANALYSE_SONG, args=[str(song_id)])
    except (KombuError, OperationalError, OSError) as error:
        logger.warning("The broker took no message about song %s: %s", song_id, error)
        return False
    # Not if a worker has already taken it: then it is no longer queued.
    Song.objects.queued().filter(id=song_id).update(enqueued_at=now)
    return True


def enqueue_saliency(song_id: uuid.UUID) -> bool:
    """Tell the workers to draw what the 2D network looked at; a message that gets lost is sent again by who asks."""
    try:
        app.send_task(DRAW_SALIENCY, args=[str(song_id)])
    except (KombuError, OperationalError, OSError) as error:
        logger.warning("The broker took no message about a picture of song %s: %s", song_id, error)
        return False
    return True
