"""Models of the queue and its workers: turns, running workers, counters."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from classifier.querysets import WorkerQuerySet


class QueueTurn(models.Model):
    """When a user's song was last taken from the queue, as a number that counts such turns: of the users who wait, the
    one with the lowest is next. A number and not a time, so that a clock that is set back delays nobody."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="queue_turn"
    )
    turn = models.BigIntegerField(db_index=True)


class WorkerPresence(models.Model):
    """A running worker, which updates its row every few seconds."""

    name = models.CharField(max_length=255, primary_key=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    version = models.CharField(max_length=32, blank=True, default="")
    processes = models.PositiveIntegerField(default=0)
    # Separated by spaces; empty for all of them.
    queues = models.CharField(max_length=255, blank=True, default="")
    # Of the worker and its children, without counting shared memory twice.
    memory_bytes = models.BigIntegerField(default=0)

    objects = WorkerQuerySet.as_manager()


class MetricCounter(models.Model):
    """A number that only grows, for metrics and charts: what it counts stays counted when songs are deleted.

    Each is spread over several rows, so that many workers rarely wait for the same one.
    """

    name = models.CharField(max_length=32)
    label = models.CharField(max_length=64, blank=True, default="")
    # The upper bound of a bucket of a histogram.
    bucket = models.CharField(max_length=16, blank=True, default="")
    shard = models.PositiveSmallIntegerField(default=0)
    count = models.BigIntegerField(default=0)
    total = models.FloatField(default=0.0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "label", "bucket", "shard"], name="metric_counter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.label} {self.bucket}: {self.count}"
