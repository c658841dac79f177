"""Progress as server-sent events, so that no client polls: jobs, and scans of sources."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers

from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.accounts.tokens import is_expired
from classifier.api.v1.base import AnyTypeViewSet
from classifier.api.v1.event_stream import Event, EventStream
from classifier.api.v1.jobs import jobs_data
from classifier.api.v1.sources import scan_json
from classifier.models import SERVED_QUEUES, ApiToken, Person, Song, Source
from classifier.querysets import SongQuerySet

MAX_IDS = 200
MAX_JOBS = 500
"""Of a user who has more, the oldest ones are followed."""
CHECK_ACCESS_POLLS = 10
CLOCK_MARGIN = timedelta(seconds=10)
"""A worker whose clock is late writes the end of a song with an earlier time."""
MAX_ID_DIGITS = 13
"""Milliseconds since 1970."""


class EventQuery(serializers.Serializer):
    ids = serializers.RegexField(
        r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(,[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}){0,199}$",
        required=False,
        max_length=37 * MAX_IDS,
        help_text="Only these jobs, separated by commas; the stream ends when all of them have ended.",
    )

    def validate_ids(self, text: str) -> list[uuid.UUID]:
        return [uuid.UUID(one) for one in text.split(",")]


class EventSerializer(serializers.Serializer):
    """One event of the stream."""

    id = serializers.CharField(help_text="For Last-Event-ID.")
    event = serializers.ChoiceField(choices=["job", "scan", "gone", "end"])
    data = serializers.CharField(  # type: ignore[assignment]  # the name of a field of the stream
        help_text="JSON: the job, the scan of a source, or the id of a song."
    )


class Events(AnyTypeViewSet):
    http_method_names = ["get"]

    @extend_schema(
        operation_id="events_read",
        summary="Follow jobs and scans",
        parameters=[
            EventQuery,
            OpenApiParameter(
                "Last-Event-ID",
                {"type": "string", "pattern": r"^\d{1,13}$"},
                OpenApiParameter.HEADER,
                description="Of the last event that the client got: jobs that ended since are told too.",
            ),
        ],
        responses={(200, "text/event-stream"): EventSerializer},
    )
    def list(self, request: AuthenticatedApiRequest) -> HttpResponseBase:
        """Server-sent events: `job` and `scan`, each with the object as its data, first as it is and then whenever it
        changes; `gone` with the id of a song that was deleted; `end` after the last one. A stream ends after 15
        minutes: connect again with Last-Event-ID, as an EventSource does. Songs of sources that are not due yet are
        left out."""
        ids = self.query(EventQuery).get("ids")
        since = _time(request.headers.get("Last-Event-ID"))
        token = request.auth if isinstance(request.auth, ApiToken) else None
        return EventStream(request.user.pk, News(request.user, token, ids, since))


class News:
    """What changed since the last call."""

    def __init__(
        self, user: Person, token: ApiToken | None, ids: Collection[uuid.UUID] | None, since: datetime | None
    ) -> None:
        self._user, self._token = user, token
        self._ids = None if ids is None else set(ids)
        self._since = since or timezone.now()
        self._jobs: dict[uuid.UUID, tuple[Any, ...]] = {}
        self._scans: dict[uuid.UUID, Any] = {}
        self._calls = 0
        self._over = False

    def __call__(self) -> list[Event] | None:
        if self._over or (self._calls % CHECK_ACCESS_POLLS == 0 and not self._may_read()):
            return None
        self._calls += 1
        events = self._job_events()
        if self._ids is None:
            return events + self._scan_events()
        if not self._ids:
            self._over = True
            events.append(("end", {}))
        return events

    def _may_read(self) -> bool:
        """Until the token is revoked or expires, or its owner is locked out."""
        if self._token is None:
            session = {"session_epoch": self._user.session_epoch, "password": self._user.password}
            return Person.objects.filter(id=self._user.pk, is_active=True, **session).exists()
        if is_expired(self._token, now=timezone.now()):
            return False
        return ApiToken.objects.filter(id=self._token.pk, owner__is_active=True).exists()

    def _job_events(self) -> list[Event]:
        mine = Song.objects.for_owner(self._user)
        followed = [mine.filter(id__in=self._ids)] if self._ids is not None else self._unfinished_and_ended(mine)
        songs = {song.id: song for query in followed for song in query.order_by("created_at", "id")[:MAX_JOBS]}
        # Deleted, ended some time ago, or given to a queue that this installation does not serve.
        left = [song_id for song_id in self._jobs if song_id not in songs]
        songs |= {song.id: song for song in mine.filter(id__in=left)}
        changed = [song for song in songs.values() if self._jobs.get(song.id) != _state(song)]
        gone = [song_id for song_id in (*left, *(self._ids or ())) if song_id not in songs]
        for song in changed:
            self._jobs[song.id] = _state(song)
        over = {song.id for song in songs.values() if song.is_over} | set(gone)
        # A song that ended is in the list of the next calls too, and must be told once.
        for song_id in over.intersection((*left, *gone)):
            self._jobs.pop(song_id, None)
        if self._ids is not None:
            self._ids -= over
        jobs: list[Event] = [("job", job) for job in jobs_data(changed)]
        return jobs + [("gone", {"id": song_id}) for song_id in dict.fromkeys(gone)]

    def _unfinished_and_ended(self, songs: SongQuerySet) -> list[SongQuerySet]:
        """Two queries, so that each has its index. A song can be added and end between two calls."""
        ended = songs.filter(finished_at__gte=self._since)
        self._since = max(self._since, timezone.now() - CLOCK_MARGIN)
        return [songs.unfinished().filter(queue__in=SERVED_QUEUES), ended]

    def _scan_events(self) -> list[Event]:
        events: list[Event] = []
        for source in Source.objects.filter(owner=self._user):
            scan = scan_json(source)
            if self._scans.get(source.id) != scan:
                self._scans[source.id] = scan
                events.append(("scan", {"source": source.id, "name": source.name, **scan}))
        return events


def _time(event_id: str | None) -> datetime | None:
    if event_id is None:
        return None
    if not (event_id.isascii() and event_id.isdigit() and len(event_id) <= MAX_ID_DIGITS):
        raise serializers.ValidationError({"Last-Event-ID": "This is not the id of an event of this server."})
    return datetime.fromtimestamp(int(event_id) / 1000, UTC)


def _state(song: Song) -> tuple[Any, ...]:
    return song.status, song.stage, song.segments_done, song.segments_total
