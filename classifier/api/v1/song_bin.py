"""The bin: deleted songs, which can be restored or deleted permanently."""

from __future__ import annotations

import uuid

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.api.v1.base import V1ViewSet
from classifier.api.v1.pagination import PageQuery, in_order, page_of, page_response
from classifier.api.v1.song_serializers import SongSerializer, song_data
from classifier.api.v1.songs import SONG_ID, own_song, record_deleted
from classifier.models import Song
from classifier.services.song_bin import bin_delete, songs_restore


class Bin(V1ViewSet):
    @extend_schema(
        operation_id="bin_list", summary="List deleted songs", parameters=[PageQuery], responses=page_of(SongSerializer)
    )
    def list(self, request: AuthenticatedApiRequest) -> Response:
        """The last deleted one first."""
        query = self.query(PageQuery)
        songs = Song.objects.stored_by(request.user).in_bin().order_by("-deleted_at", "-id")
        return page_response(
            request,
            query,
            songs,
            lambda rows: [song_data(song) for song in rows],
            read=lambda keys: in_order(Song.objects.with_result(), keys),
        )

    @extend_schema(
        operation_id="bin_restore",
        summary="Restore a song",
        parameters=[SONG_ID],
        request=None,
        responses=SongSerializer,
    )
    def restore(self, request: AuthenticatedApiRequest, song_id: uuid.UUID) -> Response:
        """With its result. An analysis that the deletion cancelled is queued again."""
        self.no_query()
        if not songs_restore(owner=request.user, ids=[song_id], now=timezone.now()):
            raise Http404
        return Response(song_data(own_song(request.user, song_id, with_result=True)))

    @extend_schema(
        operation_id="bin_delete", summary="Delete a song permanently", parameters=[SONG_ID], responses={204: None}
    )
    def destroy(self, request: AuthenticatedApiRequest, song_id: uuid.UUID) -> Response:
        self.no_query()
        if not bin_delete(owner=request.user, ids=[song_id]):
            raise Http404
        record_deleted(request, 1, permanent=True)
        return Response(status=204)
