"""Sources of songs, their scans, and their progress."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.api.idempotency import IDEMPOTENCY_KEY, idempotent
from classifier.api.v1.base import ChangesSerializer, ConditionalViewSet, StrictSerializer, Text, V1ViewSet
from classifier.api.v1.etags import IF_MATCH
from classifier.api.v1.pagination import PageQuery, page_of, page_response
from classifier.api.v1.song_serializers import NoticeSerializer
from classifier.errors import ProductError
from classifier.models import ApiToken, Person, ScanStatus, Source, SourceKind
from classifier.serializers import iso_timestamp
from classifier.services.source_add import source_add
from classifier.services.sources import (
    own_source,
    source_edit,
    source_pause,
    source_remove,
    source_resume,
    source_retry,
)
from classifier.sources.progress import source_progress
from classifier.sources.scan_lease import scan_request

SOURCE_ID = OpenApiParameter("source_id", uuid.UUID, OpenApiParameter.PATH)


class ScanSerializer(serializers.Serializer):
    status = serializers.ChoiceField(choices=[status.value for status in ScanStatus])
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="Of the running or the last scan, such as `files` and `new`."
    )
    error = NoticeSerializer(allow_null=True)


class SourceProgressSerializer(serializers.Serializer):
    """Numbers of songs, and of files that are none."""

    songs = serializers.IntegerField()
    analysed = serializers.IntegerField()
    waiting = serializers.IntegerField()
    running = serializers.IntegerField()
    failed = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    unreadable = serializers.IntegerField()
    missing = serializers.IntegerField()
    ignored = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    songs_a_minute = serializers.FloatField()
    remaining_s = serializers.FloatField(allow_null=True)


class SourceSerializer(serializers.Serializer):
    """A folder of the server or a music server, whose songs are read where they are."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=SourceKind.values)
    name = serializers.CharField()
    address = serializers.CharField(help_text="The absolute path of a folder, or the URL of a server.")
    username = serializers.CharField(allow_blank=True)
    is_paused = serializers.BooleanField()
    hours_from = serializers.IntegerField(min_value=0, max_value=23)
    hours_to = serializers.IntegerField(min_value=0, max_value=23)
    share = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    scan = ScanSerializer()


class SourceWithProgressSerializer(SourceSerializer):
    progress = SourceProgressSerializer()


class NewSourceSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=SourceKind.values)
    address = Text(max_length=1000)
    name = Text(max_length=80, allow_blank=True, default="")
    username = Text(max_length=150, allow_blank=True, default="")
    secret = Text(
        max_length=1000,
        allow_blank=True,
        default="",
        trim_whitespace=False,
        help_text="The password, API key or token of a music server. It is stored encrypted and never returned.",
    )


class SourceChangesSerializer(ChangesSerializer):
    name = Text(max_length=80, required=False)
    is_paused = serializers.BooleanField(required=False)
    hours_from = serializers.IntegerField(min_value=0, max_value=23, required=False)
    hours_to = serializers.IntegerField(
        min_value=0, max_value=23, required=False, help_text="The same hour twice means all day."
    )
    share = serializers.IntegerField(
        min_value=1, max_value=100, required=False, help_text="The largest share of the workers' time, in per cent."
    )


class RetriedSerializer(serializers.Serializer):
    queued = serializers.IntegerField(help_text="Songs that will be analysed again.")


class RemovedSerializer(serializers.Serializer):
    removed = serializers.IntegerField(help_text="Songs that lay nowhere else.")


class Sources(ConditionalViewSet):
    model = Source
    # They reach folders of the server and other machines.
    action_scopes = dict.fromkeys(("create", "destroy"), ApiToken.ADMIN)

    @extend_schema(
        operation_id="sources_list", summary="List sources", parameters=[PageQuery], responses=page_of(SourceSerializer)
    )
    def list(self, request: AuthenticatedApiRequest) -> Response:
        query = self.query(PageQuery)
        rows = Source.objects.filter(owner=request.user).order_by("name", "id")
        return page_response(request, query, rows, _many)

    @extend_schema(
        operation_id="sources_retrieve",
        summary="Read a source",
        parameters=[SOURCE_ID],
        responses=SourceWithProgressSerializer,
    )
    def retrieve(self, request: AuthenticatedApiRequest, source_id: uuid.UUID) -> Response:
        """With the progress of its analysis."""
        self.no_query()
        return Response(self.data(request.user, source_id))

    @extend_schema(
        operation_id="sources_update",
        summary="Change a source",
        parameters=[SOURCE_ID, IF_MATCH],
        request=SourceChangesSerializer,
        responses=SourceWithProgressSerializer,
    )
    def partial_update(self, request: AuthenticatedApiRequest, source_id: uuid.UUID) -> Response:
        """Its name, the hours and the share of its analysis, and whether it is paused."""
        self.no_query()
        changes = self.body(SourceChangesSerializer)
        now = timezone.now()
        with self.unchanged(source_id):
            source = _own(request.user, source_id)
            fields = {
                name: changes.get(name, getattr(source, name)) for name in ("name", "hours_from", "hours_to", "share")
            }
            source_edit(source=source, **fields, now=now)
            if "is_paused" in changes:
                (source_pause if changes["is_paused"] else source_resume)(source=source, now=now)
        return Response(self.data(request.user, source_id))

    @extend_schema(
        operation_id="sources_retry",
        summary="Analyse the failed songs of a source again",
        parameters=[SOURCE_ID],
        request=None,
        responses={202: RetriedSerializer},
    )
    def retry(self, request: AuthenticatedApiRequest, source_id: uuid.UUID) -> Response:
        """Without those whose file is the cause."""
        self.no_query()
        queued = source_retry(source=_own(request.user, source_id), now=timezone.now())
        return Response({"queued": queued}, status=202)

    @extend_schema(
        operation_id="sources_create",
        summary="Connect a source",
        parameters=[IDEMPOTENCY_KEY],
        request=NewSourceSerializer,
        responses={201: SourceWithProgressSerializer},
    )
    @idempotent
    def create(self, request: AuthenticatedApiRequest) -> Response:
        """A folder in `MUSIC_DIRS`, or a music server, which is asked first. The first scan begins in a moment.
        Needs the scope `admin`."""
        self.no_query()
        source = source_add(owner=request.user, **self.body(NewSourceSerializer), now=timezone.now())
        return Response(_with_progress(source), status=201)

    @extend_schema(
        operation_id="sources_delete",
        summary="Remove a source",
        parameters=[SOURCE_ID, IF_MATCH],
        responses={200: RemovedSerializer, 202: RemovedSerializer},
    )
    def destroy(self, request: AuthenticatedApiRequest, source_id: uuid.UUID) -> Response:
        """With the songs that lie nowhere else. No file is touched. Of a large source, 202: the rest of its songs is
        deleted in the background. Needs the scope `admin`."""
        self.no_query()
        with self.unchanged(source_id):
            removal = source_remove(source=_own(request.user, source_id), now=timezone.now())
        return Response({"removed": removal.songs}, status=200 if removal.is_finished else 202)

    def data(self, owner: Person, key: Any) -> Any:
        return _with_progress(_own(owner, key))


class Scans(V1ViewSet):
    @extend_schema(
        operation_id="scans_retrieve", summary="Read the last scan", parameters=[SOURCE_ID], responses=ScanSerializer
    )
    def retrieve(self, request: AuthenticatedApiRequest, source_id: uuid.UUID) -> Response:
        """Or the one that runs."""
        self.no_query()
        return Response(ScanSerializer(scan_json(_own(request.user, source_id))).data)

    @extend_schema(
        operation_id="scans_create",
        summary="Scan a source",
        parameters=[SOURCE_ID],
        request=None,
        responses={202: ScanSerializer},
    )
    def create(self, request: AuthenticatedApiRequest, source_id: uuid.UUID) -> Response:
        """In a moment."""
        self.no_query()
        source = _own(request.user, source_id)
        if not scan_request(source, timezone.now()):
            raise ProductError("scan_running", "A scan of this source runs already: wait until it is done.", 409)
        return Response(ScanSerializer(scan_json(_own(request.user, source_id))).data, status=202)


def scan_json(source: Source) -> dict[str, Any]:
    code, message = source.scan_error_code, source.scan_error_message
    return {
        "status": source.scan_status,
        "started_at": iso_timestamp(source.scan_started_at),
        "finished_at": iso_timestamp(source.scan_finished_at),
        "counts": source.scan_counts,
        "error": {"code": code, "message": message} if code else None,
    }


def _many(sources: Sequence[Source]) -> list[Any]:
    return [SourceSerializer(_json(source)).data for source in sources]


def _with_progress(source: Source) -> Any:
    progress = source_progress(source, timezone.now())
    content = {**_json(source), "progress": {**asdict(progress), "songs": progress.songs}}
    return SourceWithProgressSerializer(content).data


def _json(source: Source) -> dict[str, Any]:
    names = ("id", "kind", "name", "address", "username", "is_paused", "hours_from", "hours_to", "share")
    return {
        **{name: getattr(source, name) for name in names},
        "created_at": iso_timestamp(source.created_at),
        "scan": scan_json(source),
    }


def _own(owner: Person, source_id: uuid.UUID) -> Source:
    source = own_source(owner, source_id)
    if source is None:
        raise Http404
    return source
