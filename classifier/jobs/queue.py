"""Messages to the workers. Each is an invitation to take the next song that is due; the rows say which one that is."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from amqp import AMQPError
from kombu.exceptions import KombuError, OperationalError

from classifier.jobs.fair_order import WaitingLines
from classifier.models import Song
from classifier.monitoring.broker_state import waiting_messages
from mmc.celery import app
from mmc.logs import context_values

logger = logging.getLogger(__name__)

ANALYSE_NEXT = "classifier.analyse_next"
DRAW_SALIENCY = "classifier.draw_saliency"
# AMQPError: the embedded broker found no room for the message.
BROKER_ERRORS = (KombuError, OperationalError, AMQPError, OSError)


def queued_now(now: datetime) -> dict[str, Any]:
    """The columns of a song that is queued: when, and by which request, which the log of its analysis names."""
    return {"queued_at": now, "request_id": context_values().get("request_id", "")}


def enqueue(song_id: uuid.UUID, *, now: datetime) -> bool:
    """Invite a worker, since this song is due. If the broker is down, the sweep invites one later."""
    queue = Song.objects.filter(id=song_id).values_list("queue", flat=True).first()
    if queue is None or not invite(queue):
        return False
    # Not if a worker has already claimed it: then it is no longer queued.
    Song.objects.queued().filter(id=song_id).update(enqueued_at=now)
    return True


def invite(queue: str) -> bool:
    """Invite one worker to take the next song. Not about a certain song: a message that was sent first would
    otherwise decide who is first."""
    return _send(ANALYSE_NEXT, queue)


def invite_if_none_waits(queues: Collection[str]) -> None:
    """A worker that has finished a song calls this, so that a long queue needs few messages, and lost ones do not
    matter."""
    # Not with exists(): where many of ten million songs wait, PostgreSQL looks for one of them without an index.
    for queue in {line.queue for line in WaitingLines.read(queues).lines}:
        if not invitations(queue):
            invite(queue)


def invitations(queue: str) -> int:
    """The number of messages that no worker has taken; 0 where the broker does not answer."""
    messages = waiting_messages(queue)
    return messages.length if messages else 0


def enqueue_saliency(song_id: uuid.UUID) -> bool:
    """Have a worker draw the saliency images of a song. If the message is lost, the page sends another one."""
    return _send(DRAW_SALIENCY, str(song_id))


def _send(task: str, argument: str) -> bool:
    try:
        app.send_task(task, args=[argument])
    except BROKER_ERRORS as error:
        logger.warning("The broker did not accept a message (%s, %s): %s", task, argument, error)
        return False
    return True
