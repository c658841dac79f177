"""Playlists: made from a filter, a mixture, similar songs or a path; refreshed, read and exported."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.api.idempotency import IDEMPOTENCY_KEY, idempotent
from classifier.api.v1.base import AnyTypeViewSet, ChangesSerializer, ConditionalViewSet, StrictSerializer, Text
from classifier.api.v1.etags import IF_MATCH
from classifier.api.v1.pagination import PageQuery, in_order, page_of, page_response
from classifier.api.v1.song_serializers import NoticeSerializer, SongSerializer, song_data
from classifier.media.playlist_file import MEDIA_TYPES, playlist_file
from classifier.models import Person, Playlist, PlaylistSong, Song
from classifier.playlists.rule import KEY_MODES, MAX_CHOSEN, MAX_SEEDS, MAX_SONGS, ORDERS, PlaylistRule
from classifier.playlists.stored import (
    DESCRIPTION_LENGTH,
    NAME_LENGTH,
    playlist_create,
    playlist_delete,
    playlist_edit,
    playlist_refresh,
)
from classifier.serializers import iso_timestamp

PLAYLIST_ID = OpenApiParameter("playlist_id", uuid.UUID, OpenApiParameter.PATH)
KIND = OpenApiParameter("kind", {"type": "string", "enum": list(MEDIA_TYPES)}, OpenApiParameter.PATH)
IDS = {"type": "array", "items": {"type": "string", "format": "uuid"}}
RULE = {
    "type": "object",
    "description": "`filter` takes the songs of `query`; `mixture` orders by `weights` of moods, from -3 to 3 in "
    "halves; `similar` by the distance to `seeds`; `path` leads from `start` to `end`, each a `mood`, a `song` or a "
    "`place` (valence, arousal).",
    "properties": {
        "order": {"type": "string", "enum": list(ORDERS)},
        "query": {"type": "string", "description": "A filter as the list of songs takes it, such as `mood=sad`."},
        "weights": {"type": "object", "properties": {mood: {"type": "number"} for mood in ml_gateway.MOODS}},
        "seeds": {**IDS, "maxItems": MAX_SEEDS},
        "song_ids": {**IDS, "maxItems": MAX_CHOSEN},
        "start": {"type": "object"},
        "end": {"type": "object"},
        "ranges": {"type": "object"},
        "key_mode": {"type": "string", "enum": list(KEY_MODES)},
        "songs": {"type": ["integer", "null"], "minimum": 1, "maximum": MAX_SONGS},
    },
}


@extend_schema_field(RULE)
class RuleField(serializers.JSONField):
    pass


class PlaylistSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    rule = RuleField()
    is_nightly = serializers.BooleanField(help_text="Whether it is refreshed each night.")
    source = serializers.UUIDField(allow_null=True, help_text="The music server that has a copy.")  # type: ignore[assignment]
    songs = serializers.IntegerField(help_text="Their number.")
    created_at = serializers.DateTimeField()
    refreshed_at = serializers.DateTimeField(allow_null=True)
    synced_at = serializers.DateTimeField(allow_null=True)
    error = NoticeSerializer(allow_null=True, help_text="Why the last refresh failed.")


class NewPlaylistSerializer(StrictSerializer):
    name = Text(max_length=NAME_LENGTH)
    description = Text(max_length=DESCRIPTION_LENGTH, allow_blank=True, default="")
    rule = RuleField()
    is_nightly = serializers.BooleanField(default=True)
    source = serializers.UUIDField(allow_null=True, default=None)  # type: ignore[assignment]


class PlaylistChangesSerializer(ChangesSerializer):
    name = Text(max_length=NAME_LENGTH, required=False)
    description = Text(max_length=DESCRIPTION_LENGTH, allow_blank=True, required=False)
    rule = RuleField(required=False)
    is_nightly = serializers.BooleanField(required=False)
    source = serializers.UUIDField(allow_null=True, required=False)  # type: ignore[assignment]


class PlaylistEntrySerializer(serializers.Serializer):
    position = serializers.IntegerField(help_text="From 0.")
    reason = serializers.CharField(allow_blank=True, help_text="Why the song is there.")
    song = SongSerializer()


class RefreshedSerializer(serializers.Serializer):
    added = serializers.IntegerField()
    removed = serializers.IntegerField()


class Playlists(ConditionalViewSet):
    model = Playlist

    @extend_schema(
        operation_id="playlists_list",
        summary="List playlists",
        parameters=[PageQuery],
        responses=page_of(PlaylistSerializer),
    )
    def list(self, request: AuthenticatedApiRequest) -> Response:
        query = self.query(PageQuery)
        rows = Playlist.objects.filter(owner=request.user).order_by("name", "id")
        return page_response(request, query, rows, _many, read=lambda keys: in_order(_counted(request.user), keys))

    @extend_schema(
        operation_id="playlists_create",
        summary="Make a playlist",
        parameters=[IDEMPOTENCY_KEY],
        request=NewPlaylistSerializer,
        responses={201: PlaylistSerializer},
    )
    @idempotent
    def create(self, request: AuthenticatedApiRequest) -> Response:
        """From a filter, a mixture of moods, similar songs or a path; its songs are chosen at once."""
        self.no_query()
        values = self.body(NewPlaylistSerializer)
        rule = PlaylistRule.from_json(values.pop("rule"))
        playlist = playlist_create(
            owner=request.user, rule=rule, source_id=values.pop("source"), now=timezone.now(), **values
        )
        return Response(_many([_own(request.user, playlist.id)])[0], status=201)

    @extend_schema(
        operation_id="playlists_retrieve",
        summary="Read a playlist",
        parameters=[PLAYLIST_ID],
        responses=PlaylistSerializer,
    )
    def retrieve(self, request: AuthenticatedApiRequest, playlist_id: uuid.UUID) -> Response:
        self.no_query()
        return Response(self.data(request.user, playlist_id))

    @extend_schema(
        operation_id="playlists_update",
        summary="Change a playlist",
        parameters=[PLAYLIST_ID, IF_MATCH],
        request=PlaylistChangesSerializer,
        responses=PlaylistSerializer,
    )
    def partial_update(self, request: AuthenticatedApiRequest, playlist_id: uuid.UUID) -> Response:
        """And refresh it. A `rule` replaces the whole rule."""
        self.no_query()
        changes = self.body(PlaylistChangesSerializer)
        with self.unchanged(playlist_id):
            playlist = _own(request.user, playlist_id)
            playlist_edit(
                playlist=playlist,
                name=changes.get("name", playlist.name),
                description=changes.get("description", playlist.description),
                rule=PlaylistRule.from_json(changes.get("rule", playlist.rule)),
                is_nightly=changes.get("is_nightly", playlist.is_nightly),
                source_id=changes.get("source", playlist.source_id),
                now=timezone.now(),
            )
        return Response(self.data(request.user, playlist_id))

    @extend_schema(
        operation_id="playlists_delete",
        summary="Delete a playlist",
        parameters=[PLAYLIST_ID, IF_MATCH],
        responses={204: None},
    )
    def destroy(self, request: AuthenticatedApiRequest, playlist_id: uuid.UUID) -> Response:
        """Its songs stay, and so does its copy on a music server."""
        self.no_query()
        with self.unchanged(playlist_id):
            playlist_delete(playlist=_own(request.user, playlist_id))
        return Response(status=204)

    @extend_schema(
        operation_id="playlists_refresh",
        summary="Refresh a playlist",
        parameters=[PLAYLIST_ID],
        request=None,
        responses=RefreshedSerializer,
    )
    def refresh(self, request: AuthenticatedApiRequest, playlist_id: uuid.UUID) -> Response:
        """Its songs are chosen anew; its copy on a music server follows in a moment."""
        self.no_query()
        changes = playlist_refresh(playlist=_own(request.user, playlist_id), now=timezone.now())
        return Response({"added": changes.added, "removed": changes.removed})

    @extend_schema(
        operation_id="playlist_songs_list",
        summary="List the songs of a playlist",
        parameters=[PLAYLIST_ID, PageQuery],
        responses=page_of(PlaylistEntrySerializer),
    )
    def songs(self, request: AuthenticatedApiRequest, playlist_id: uuid.UUID) -> Response:
        """In its order, each with the reason why it is there; without those in the bin."""
        query = self.query(PageQuery)
        entries = PlaylistSong.objects.filter(playlist=_own(request.user, playlist_id), song__deleted_at=None)
        return page_response(request, query, entries.order_by("position", "id"), _entries)

    def data(self, owner: Person, key: Any) -> Any:
        return _many([_own(owner, key)])[0]


class PlaylistFiles(AnyTypeViewSet):
    @extend_schema(
        operation_id="playlists_export",
        summary="Export a playlist",
        parameters=[PLAYLIST_ID, KIND],
        responses={
            (200, media_type): OpenApiTypes.OBJECT if media_type.endswith("json") else OpenApiTypes.STR
            for media_type in (one.partition(";")[0] for one in MEDIA_TYPES.values())
        },
    )
    def export(self, request: AuthenticatedApiRequest, playlist_id: uuid.UUID, kind: str) -> HttpResponseBase:
        """As M3U8, JSPF, CSV, or Navidrome's smart playlist (`nsp`), where its conditions can say the rule."""
        self.no_query()
        if kind not in MEDIA_TYPES:
            raise Http404
        return playlist_file(_own(request.user, playlist_id), kind)


def _many(playlists: Sequence[Any]) -> list[Any]:
    return [
        PlaylistSerializer(
            {
                **{name: getattr(one, name) for name in ("id", "name", "description", "rule", "is_nightly")},
                "source": one.source_id,
                "songs": one.song_count,
                **{name: iso_timestamp(getattr(one, name)) for name in ("created_at", "refreshed_at", "synced_at")},
                "error": {"code": one.error_code, "message": one.error_message} if one.error_code else None,
            }
        ).data
        for one in playlists
    ]


def _entries(entries: Sequence[PlaylistSong]) -> list[Any]:
    songs = Song.objects.with_result().in_bulk([entry.song_id for entry in entries])
    return [
        {"position": entry.position, "reason": entry.reason, "song": song_data(songs[entry.song_id])}
        for entry in entries
        if entry.song_id in songs
    ]


def _counted(owner: Person) -> Any:
    count = Count("entries", filter=Q(entries__song__deleted_at=None))
    return Playlist.objects.filter(owner=owner).annotate(song_count=count)


def _own(owner: Person, playlist_id: uuid.UUID) -> Any:
    playlist = _counted(owner).filter(id=playlist_id).first()
    if playlist is None:
        raise Http404
    return playlist
