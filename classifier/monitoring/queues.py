"""How many songs and saliency maps wait, and for how long the first one does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min
from django.db.models.functions import Coalesce

from classifier.models import SERVED_QUEUES, Song
from classifier.monitoring.broker_state import waiting_messages

SALIENCY = "saliency"


@dataclass(frozen=True)
class QueueState:
    kind: str
    length: int
    oldest_age_s: float
    """0 for an empty queue."""


def queue_states(now: datetime) -> list[QueueState]:
    """Of songs by the database, which knows what is due; of saliency maps by the broker, where it answers."""
    states = _song_queues(now)
    messages = waiting_messages(SALIENCY)
    if messages is not None:
        states.append(QueueState(SALIENCY, messages.length, messages.oldest_age_s))
    return states


def _song_queues(now: datetime) -> list[QueueState]:
    # Songs from before the column do not have the time when they were queued.
    queued_at = Coalesce("queued_at", "created_at")
    rows = Song.objects.waiting_in(*SERVED_QUEUES).order_by().values_list("queue")
    by_kind = {kind: (length, since) for kind, length, since in rows.annotate(length=Count("id"), since=Min(queued_at))}
    states = []
    for name in SERVED_QUEUES:
        length, since = by_kind.get(name, (0, now))
        states.append(QueueState(name, length, max((now - (since or now)).total_seconds(), 0.0)))
    return states
