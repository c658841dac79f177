"""Songs: list, read, change, delete."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.accounts.security_log import Kind, record_event
from classifier.api.idempotency import IDEMPOTENCY_KEY, idempotent
from classifier.api.v1.base import ConditionalViewSet
from classifier.api.v1.etags import IF_MATCH
from classifier.api.v1.filter_parameters import filter_parameters, library_filter
from classifier.api.v1.pagination import in_order, page_of, page_response
from classifier.api.v1.song_serializers import (
    DeleteQuery,
    SongChangesSerializer,
    SongListQuery,
    SongQuery,
    SongSerializer,
    song_data,
)
from classifier.api.v1.uploads import FileSerializer, one_song
from classifier.library.filters import LibraryFilter
from classifier.models import NAME_FIELDS, Person, Song
from classifier.services.song_bin import song_bin
from classifier.services.song_delete import song_delete
from classifier.services.song_edit import song_edit
from classifier.services.song_verdict import RETRACT, song_verdict
from classifier.vocabularies.stored import words_named

SONG_ID = OpenApiParameter("song_id", uuid.UUID, OpenApiParameter.PATH)


class Songs(ConditionalViewSet):
    model = Song

    @extend_schema(
        operation_id="songs_list",
        summary="List songs",
        parameters=[SongListQuery, *filter_parameters()],
        responses=page_of(SongSerializer),
    )
    def list(self, request: AuthenticatedApiRequest) -> Response:
        """Your songs without those in the bin, newest first. Filters combine."""
        query = self.query(SongListQuery, *LibraryFilter.parameter_names())
        words = words_named(query["words"], request.user)
        songs = library_filter(request.query_params).apply(Song.objects.for_owner(request.user))
        return page_response(
            request,
            query,
            songs,
            lambda rows: [song_data(song, query["model"], words) for song in rows],
            read=lambda keys: in_order(Song.objects.with_result(), keys),
        )

    def get_parsers(self) -> Any:
        return [MultiPartParser()] if self.request and self.request.method == "POST" else super().get_parsers()

    @extend_schema(
        operation_id="songs_upload",
        summary="Upload a song",
        parameters=[IDEMPOTENCY_KEY],
        request={"multipart/form-data": FileSerializer},
        responses={201: SongSerializer, 200: SongSerializer},
    )
    @idempotent
    def create(self, request: AuthenticatedApiRequest) -> Response:
        """Its analysis runs in the background: follow the job with the id of the song. A file that you had before is
        answered with its song (200)."""
        self.no_query()
        return one_song(request)

    @extend_schema(
        operation_id="songs_retrieve",
        summary="Read a song",
        parameters=[SongQuery, SONG_ID],
        responses=SongSerializer,
    )
    def retrieve(self, request: AuthenticatedApiRequest, song_id: uuid.UUID) -> Response:
        query = self.query(SongQuery)
        words = words_named(query["words"], request.user)
        return Response(song_data(own_song(request.user, song_id, with_result=True), query["model"], words))

    @extend_schema(
        operation_id="songs_update",
        summary="Change names, or state your verdict",
        parameters=[SONG_ID, IF_MATCH],
        request=SongChangesSerializer,
        responses=SongSerializer,
    )
    def partial_update(self, request: AuthenticatedApiRequest, song_id: uuid.UUID) -> Response:
        """All of it or nothing is changed. From then on, the tags of the file no longer set the names."""
        self.no_query()
        changes = self.body(SongChangesSerializer)
        with self.unchanged(song_id), transaction.atomic():
            song_change(own_song(request.user, song_id), changes)
        return Response(self.data(request.user, song_id))

    @extend_schema(
        operation_id="songs_delete",
        summary="Delete a song",
        parameters=[DeleteQuery, SONG_ID, IF_MATCH],
        responses={204: None},
    )
    def destroy(self, request: AuthenticatedApiRequest, song_id: uuid.UUID) -> Response:
        """Permanently; or into the bin, from which it can be restored."""
        binned = self.query(DeleteQuery)["bin"] == "yes"
        with self.unchanged(song_id):
            song = own_song(request.user, song_id)
            if binned:
                binned = song_bin(song=song, now=timezone.now())
            else:
                song_delete(song=song)
        record_deleted(request, 1, permanent=not binned)
        return Response(status=204)

    def data(self, owner: Person, key: Any) -> Any:
        return song_data(own_song(owner, key, with_result=True))


def song_change(song: Song, changes: dict[str, Any]) -> None:
    now = timezone.now()
    names = {name: "" if changes[name] is None else str(changes[name]) for name in NAME_FIELDS if name in changes}
    if names:
        song = song_edit(song=song, now=now, **names)
    if "verdict" in changes:
        stated = changes.get("actual_mood") or {}
        song_verdict(
            song=song,
            verdict=changes["verdict"] or RETRACT,
            now=now,
            primary=stated.get("primary") or "",
            secondary=stated.get("secondary") or "",
        )


def own_song(owner: Person, song_id: uuid.UUID, *, with_result: bool = False) -> Song:
    """Songs in the bin and those of other users are not found."""
    songs = Song.objects.for_owner(owner)
    song = (songs.with_result() if with_result else songs).filter(id=song_id).first()
    if song is None:
        raise Http404
    return song


def record_deleted(request: AuthenticatedApiRequest, count: int, *, permanent: bool) -> None:
    what = "permanently" if permanent else None
    record_event(Kind.SONGS_DELETED, request.user, request._request, by=request.user, songs=count, what=what)
