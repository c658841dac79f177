"""Task messages to the workers. Each asks for the next song that is due; the rows say which one that is."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from amqp import AMQPError
from kombu.exceptions import KombuError, OperationalError

from classifier.jobs.fair_order import WaitingLines
from classifier.models import PictureKind, Song
from classifier.monitoring.broker_state import waiting_messages
from mmc.celery import app
from mmc.logs import context_values

logger = logging.getLogger(__name__)

ANALYSE_NEXT = "classifier.analyse_next"
DRAW_SALIENCY = "classifier.draw_saliency"
DRAW_SPECTROGRAM = "classifier.draw_spectrogram"
MAKE_PLAYABLE = "classifier.make_playable"
FIT_RECALIBRATION = "classifier.fit_recalibration"
# AMQPError: the embedded broker found no room for the message.
BROKER_ERRORS = (KombuError, OperationalError, AMQPError, OSError)


def queued_now(now: datetime) -> dict[str, Any]:
    """The columns of a song that is queued: when, and by which request, which the log of its analysis names."""
    return {"queued_at": now, "request_id": context_values().get("request_id", "")}


def enqueue(song_id: uuid.UUID, *, now: datetime) -> bool:
    """Send a message, since this song is due. If the broker is down, the sweep sends one later."""
    queue = Song.objects.filter(id=song_id).values_list("queue", flat=True).first()
    if queue is None or not message_send(queue):
        return False
    # Not if a worker has already claimed it: then it is no longer queued.
    Song.objects.queued().filter(id=song_id).update(enqueued_at=now)
    return True


def message_send(queue: str) -> bool:
    """Ask one worker to take the next song. The message names no song: otherwise the order of messages would decide
    whose song is first."""
    return _send(ANALYSE_NEXT, queue)


def message_send_if_none_waits(queues: Collection[str]) -> None:
    """A worker that has finished a song calls this, so that a long queue needs few messages, and lost ones do not
    matter."""
    # Not with exists(): where many of ten million songs wait, PostgreSQL looks for one of them without an index.
    for queue in {line.queue for line in WaitingLines.read(queues).lines}:
        if not message_count(queue):
            message_send(queue)


def message_count(queue: str) -> int:
    """The number of messages that no worker has taken; 0 where the broker does not answer."""
    messages = waiting_messages(queue)
    return messages.length if messages else 0


def enqueue_saliency(song_id: uuid.UUID) -> bool:
    """Have a worker draw the saliency images of a song. If the message is lost, the page sends another one."""
    return _send(DRAW_SALIENCY, str(song_id))


def enqueue_made_file(kind: PictureKind, song_id: uuid.UUID) -> bool:
    """The same for its spectrogram, or for a copy that browsers play."""
    return _send(MAKE_PLAYABLE if kind == PictureKind.PLAYABLE else DRAW_SPECTROGRAM, str(song_id))


def enqueue_recalibration(recalibration_id: int) -> bool:
    """Have a worker fit a recalibration. If the message is lost, `manage.py sources` sends another one."""
    return _send(FIT_RECALIBRATION, str(recalibration_id))


def _send(task: str, argument: str) -> bool:
    try:
        app.send_task(task, args=[argument])
    except BROKER_ERRORS as error:
        logger.warning("The broker did not accept a message (%s, %s): %s", task, argument, error)
        return False
    return True
