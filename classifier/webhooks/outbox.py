"""Stores the messages of an event. Call it in the transaction that makes the event true: then both are stored, or
neither, and no process that dies in between loses a message."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from classifier.models import Song, WebhookEndpoint, WebhookMessage
from classifier.serializers import actual_mood, iso_timestamp
from classifier.webhook_models import MessageStatus, WebhookEvent

MAX_PENDING = 10_000
"""Of one endpoint. More events are counted and not stored, so that a receiver that is gone does not fill the disk."""

Data = Mapping[str, Any]


def event_record(*, owner_id: int, event: WebhookEvent, data: Callable[[], Data], now: datetime) -> None:
    """A message for each endpoint of the user that wants this event. `data` is called only if there is one."""
    endpoints = [
        endpoint
        for endpoint in WebhookEndpoint.objects.filter(owner_id=owner_id, is_active=True)
        if event.value in endpoint.events
    ]
    if not endpoints:
        return
    body = message_body(event.value, data(), now)
    for endpoint in endpoints:
        if WebhookMessage.objects.filter(endpoint=endpoint, status=MessageStatus.PENDING).count() >= MAX_PENDING:
            WebhookEndpoint.objects.filter(id=endpoint.id).update(skipped=F("skipped") + 1)
            continue
        WebhookMessage.objects.create(endpoint=endpoint, event=event.value, body=body, created_at=now, next_at=now)


def song_event_record(*, song_id: UUID, event: WebhookEvent, now: datetime) -> None:
    """Of a song that is done or has failed, as it is stored now."""
    owner_id = Song.objects.filter(id=song_id).values_list("owner_id", flat=True).first()
    if owner_id is not None:
        event_record(owner_id=owner_id, event=event, data=lambda: _song_data(song_id), now=now)


def message_body(event: str, data: Data, now: datetime) -> str:
    content = {"type": event, "timestamp": iso_timestamp(now), "data": data}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _song_data(song_id: UUID) -> Data:
    """What names the song, and its mood; the API has the rest."""
    song = Song.objects.with_analysis().get(id=song_id)
    analysis = song.analysis
    return {
        "id": str(song.id),
        "status": song.status,
        "file_name": song.file_name,
        "title": song.title,
        "artist": song.artist,
        "album": song.album,
        "sha256": song.sha256,
        "duration_s": song.duration_s,
        "model_version": analysis.model_version if analysis else None,
        "mood": analysis.mood if analysis else None,
        "actual_mood": actual_mood(song),
        "error": {"code": song.error_code, "message": song.error_message} if song.error_code else None,
    }
