"""Songs from links to audio files, which the server downloads before it answers."""

from __future__ import annotations

from time import monotonic
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.api.idempotency import IDEMPOTENCY_KEY, idempotent
from classifier.api.v1.base import V1ViewSet
from classifier.api.v1.song_serializers import NoticeSerializer, SongSerializer, song_data
from classifier.errors import ProductError
from classifier.ml_gateway import MoodError
from classifier.services.link_download import MAX_LINK, TIME_LIMIT_S
from classifier.services.link_submit import link_submit

MAX_LINKS = 10
SHORTEST_S = 1.0
"""That each link has, however long the others before it took."""
LINK = r"^https?://[^\u0000-\u0020\u007f]+$"


class LinkListSerializer(serializers.Serializer):
    links = serializers.ListField(
        child=serializers.RegexField(LINK, max_length=MAX_LINK), min_length=1, max_length=MAX_LINKS
    )


class LinkResultSerializer(serializers.Serializer):
    """What became of one link: `song`, or the `error` for which nothing of it is stored."""

    link = serializers.CharField()
    created = serializers.BooleanField(help_text="False for a file that you had before.")
    song = SongSerializer(allow_null=True)
    error = NoticeSerializer(allow_null=True)


class LinkResultsSerializer(serializers.Serializer):
    results = LinkResultSerializer(many=True, help_text="In the order of the links.")


class Links(V1ViewSet):
    @extend_schema(
        operation_id="songs_from_links",
        summary="Add songs from links",
        parameters=[IDEMPOTENCY_KEY],
        request=LinkListSerializer,
        responses={202: LinkResultsSerializer},
    )
    @idempotent
    def create(self, request: AuthenticatedApiRequest) -> Response:
        """Each link leads to an audio file, which is downloaded now, and analysed in the background. One that fails
        does not stop the others. All of them together have five minutes."""
        self.no_query()
        links = self.body(LinkListSerializer)["links"]
        end = monotonic() + TIME_LIMIT_S
        return Response({"results": [_submitted(request, link, end - monotonic()) for link in links]}, status=202)


def _submitted(request: AuthenticatedApiRequest, link: str, time_limit_s: float) -> dict[str, Any]:
    entry: dict[str, Any] = {"link": link, "created": False, "song": None, "error": None}
    try:
        song, created = link_submit(
            owner=request.user, link=link, now=timezone.now(), time_limit_s=max(time_limit_s, SHORTEST_S)
        )
    except (ProductError, MoodError) as error:
        return entry | {"error": {"code": error.code, "message": error.message}}
    return entry | {"created": created, "song": song_data(song)}
