"""Songs that come in, one or many in a request."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.api.idempotency import IDEMPOTENCY_KEY, idempotent
from classifier.api.v1.base import V1ViewSet
from classifier.api.v1.song_serializers import NoticeSerializer, SongSerializer, song_data
from classifier.errors import ProductError
from classifier.ml_gateway import MoodError
from classifier.services.song_submit import song_submit
from classifier.uploads.file_names import display_name
from classifier.uploads.limits import file_missing


class FileSerializer(serializers.Serializer):
    file = serializers.FileField()


class FilesSerializer(serializers.Serializer):
    file = serializers.ListField(
        child=serializers.FileField(), min_length=1, help_text="At most `MAX_FILES_PER_UPLOAD` files."
    )


class UploadedFileSerializer(serializers.Serializer):
    """What became of one file: `song`, or the `error` for which nothing of it is stored."""

    file_name = serializers.CharField()
    created = serializers.BooleanField(help_text="False for a file that you had before.")
    song = SongSerializer(allow_null=True)
    error = NoticeSerializer(allow_null=True)


class UploadedFilesSerializer(serializers.Serializer):
    results = UploadedFileSerializer(many=True, help_text="In the order of the files.")


class Uploads(V1ViewSet):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="songs_upload_batch",
        summary="Upload many songs",
        parameters=[IDEMPOTENCY_KEY],
        request={"multipart/form-data": FilesSerializer},
        responses={202: UploadedFilesSerializer},
    )
    @idempotent
    def create(self, request: AuthenticatedApiRequest) -> Response:
        """Each file is accepted or refused on its own. Each accepted song is analysed in the background."""
        self.no_query()
        files = request.FILES.getlist("file")
        if not files:
            raise file_missing()
        return Response({"results": [_submitted(request, file) for file in files]}, status=202)


def _submitted(request: AuthenticatedApiRequest, file: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {"file_name": display_name(file.name or ""), "created": False, "song": None, "error": None}
    try:
        song, created = song_submit(owner=request.user, upload=file, now=timezone.now())
    except (ProductError, MoodError) as error:
        return entry | {"error": {"code": error.code, "message": error.message}}
    return entry | {"created": created, "song": song_data(song)}


def one_song(request: AuthenticatedApiRequest) -> Response:
    """201, or 200 for a file that the user had before."""
    files = request.FILES.getlist("file")
    if len(files) > 1:
        raise ProductError(
            "too_many_files",
            f"The request has {len(files)} files, and one is allowed: send several to {reverse('v1-songs-batch')}.",
        )
    song, created = song_submit(owner=request.user, upload=files[0] if files else None, now=timezone.now())
    return Response(
        song_data(song), status=201 if created else 200, headers={"Location": reverse("v1-song", args=[song.id])}
    )
