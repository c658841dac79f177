"""Songs as files for other programs, and the archive of an account."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.api.v1.base import AnyTypeViewSet, V1ViewSet
from classifier.api.v1.bulk import SelectionSerializer, selected_songs
from classifier.api.v1.filter_parameters import filter_parameters, library_filter
from classifier.api.v1.song_serializers import WordsQuery
from classifier.library.exports.formats import FORMATS
from classifier.library.filters import LibraryFilter
from classifier.media.downloads import account_file, songs_file
from classifier.models import ApiToken, Song

KIND = OpenApiParameter("kind", {"type": "string", "enum": list(FORMATS)}, OpenApiParameter.PATH)
FILES: dict[Any, Any] = {
    (200, media_type): OpenApiTypes.BINARY
    for media_type in sorted({one.content_type.partition(";")[0] for one in FORMATS.values()})
}


class ExportFormatSerializer(serializers.Serializer):
    kind = serializers.CharField(help_text="The end of the address and of the file name.")
    title = serializers.CharField()
    about = serializers.CharField()
    content_type = serializers.CharField()
    is_available = serializers.BooleanField(help_text="Parquet needs pyarrow on the server.")


class ExportFormatListSerializer(serializers.Serializer):
    results = ExportFormatSerializer(many=True)


class ArchiveQuery(serializers.Serializer):
    audio = serializers.ChoiceField(
        choices=["yes", "no"], default="no", required=False, help_text="`yes`: with the uploaded files."
    )


class ExportFormats(V1ViewSet):
    @extend_schema(operation_id="exports_list", summary="List export formats", responses=ExportFormatListSerializer)
    def list(self, request: AuthenticatedApiRequest) -> Response:
        self.no_query()
        formats = [ExportFormatSerializer(export).data for export in FORMATS.values()]
        return Response({"results": formats})


class Exports(AnyTypeViewSet):
    action_scopes = {"export_selection": ApiToken.READ}

    @extend_schema(
        operation_id="exports_retrieve",
        summary="Export songs",
        parameters=[KIND, WordsQuery, *filter_parameters()],
        responses=FILES,
    )
    def export(self, request: AuthenticatedApiRequest, kind: str) -> HttpResponseBase:
        """All songs that match the filters, in their order. The file is written while it is sent."""
        words = self.query(WordsQuery, *LibraryFilter.parameter_names())["words"]
        songs = library_filter(request.query_params).apply(Song.objects.for_owner(request.user))
        return songs_file(request._request, request.user, songs, _format(kind), words)

    @extend_schema(
        operation_id="exports_selection",
        summary="Export these songs",
        parameters=[KIND, WordsQuery],
        request=SelectionSerializer,
        responses=FILES,
    )
    def export_selection(self, request: AuthenticatedApiRequest, kind: str) -> HttpResponseBase:
        """By `ids`, or by a filter that is too long for a URL. Needs the scope `read`."""
        words = self.query(WordsQuery)["words"]
        songs = selected_songs(request.user, self.body(SelectionSerializer))
        return songs_file(request._request, request.user, songs, _format(kind), words)


class AccountArchive(AnyTypeViewSet):
    action_scopes = {"export": ApiToken.ADMIN}

    @extend_schema(
        operation_id="account_export",
        summary="Export the account",
        parameters=[ArchiveQuery],
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def export(self, request: AuthenticatedApiRequest) -> HttpResponseBase:
        """Everything that the server has about you, as a zip that another installation can import. Needs the scope
        `admin`."""
        with_audio = self.query(ArchiveQuery)["audio"] == "yes"
        return account_file(request._request, request.user, with_audio=with_audio)


def _format(kind: str) -> Any:
    if kind not in FORMATS:
        raise Http404
    return FORMATS[kind]
