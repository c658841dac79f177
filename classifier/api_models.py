"""What the API remembers of requests."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models


class IdempotentRequest(models.Model):
    """A request with an Idempotency-Key, and its answer for its repetitions."""

    KEPT_FOR: ClassVar = timedelta(days=1)

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    # Of method, URL and body, so that the key of another request is noticed.
    fingerprint = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    # NULL while the request runs.
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    body = models.JSONField(null=True, blank=True)
    location = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "key"], name="idempotency_key_once_for_each_owner")
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-started_at"], name="idempotency_newest_of_owner"),
            models.Index(fields=["started_at"], name="idempotency_oldest"),
        ]

    def __str__(self) -> str:
        return self.key
