"""Webhooks: addresses that receive events, and the messages for them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy

from classifier.fields import uuid7


class WebhookEvent(models.TextChoices):
    SONG_DONE = "song.done", gettext_lazy("A song is analysed")
    SONG_FAILED = "song.failed", gettext_lazy("An analysis failed")
    SCAN_DONE = "scan.done", gettext_lazy("A scan of a source ended")
    PLAYLIST_CHANGED = "playlist.changed", gettext_lazy("A playlist has other songs")


class WebhookEndpoint(models.Model):
    """An address of a user that is told about some events."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=1000)
    events: Any = models.JSONField(default=list)
    # Encrypted as passwords of music servers are. While a secret is changed, the previous one signs too.
    encrypted_secret = models.TextField()
    encrypted_previous_secret = models.TextField(blank=True, default="")
    previous_until = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    # Why it was switched off, if that was not its owner.
    error_message = models.TextField(blank=True, default="")
    # Events that were not stored, since too many others were waiting.
    skipped = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["created_at", "id"]

    def __str__(self) -> str:
        return self.url


class MessageStatus(models.TextChoices):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class WebhookMessage(models.Model):
    """One event for one endpoint: the outbox. It is written in the transaction of the event itself.

    PENDING --> DELIVERED, or FAILED after a day of tries
       ^            |
       +------------+  sent again by the user
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="messages")
    event = models.CharField(max_length=32)
    # The body exactly as it is sent and signed, each time alike.
    body = models.TextField()
    created_at = models.DateTimeField()

    status = models.CharField(max_length=16, choices=MessageStatus.choices, default=MessageStatus.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    # When it is due. Whoever sends it moves this ahead first, so that no other process sends it too.
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True, blank=True)
    # Of the last try: the status of the answer, 0 without one, and what was wrong.
    response_status = models.PositiveSmallIntegerField(default=0)
    error_message = models.TextField(blank=True, default="")
    duration_ms = models.PositiveIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_at"], name="webhook_due", condition=models.Q(status=MessageStatus.PENDING)),
            models.Index(fields=["endpoint", "-created_at"], name="webhook_latest"),
            models.Index(fields=["endpoint"], name="webhook_pending", condition=models.Q(status=MessageStatus.PENDING)),
            models.Index(fields=["created_at"], name="webhook_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.webhook_id}"

    @property
    def webhook_id(self) -> str:
        """The same for every try, by which a receiver knows a message that it has had."""
        return f"msg_{self.id.hex}"
