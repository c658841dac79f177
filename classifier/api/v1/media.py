"""The audio of a song and its pictures."""

from __future__ import annotations

import uuid

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.api.v1.base import AnyTypeViewSet
from classifier.api.v1.songs import SONG_ID, own_song
from classifier.jobs.saliency import SIDES
from classifier.media.pictures import saliency_places_response, saliency_response, spectrogram_response
from classifier.media.song_audio import audio_response

SIDE = OpenApiParameter("side", {"type": "string", "enum": list(SIDES)}, OpenApiParameter.PATH)
RANGE = OpenApiParameter(
    "Range",
    {"type": "string", "pattern": r"^bytes=\d{1,6}-(\d{7,12})?$"},
    OpenApiParameter.HEADER,
    description="The bytes that are wanted, such as `bytes=0-65535`.",
)


class DrawingSerializer(serializers.Serializer):
    """The picture is being drawn: ask again after `Retry-After` seconds."""

    status = serializers.ChoiceField(choices=["drawing"])


class SalientRegionSerializer(serializers.Serializer):
    start_s = serializers.FloatField()
    end_s = serializers.FloatField()
    low_hz = serializers.FloatField()
    high_hz = serializers.FloatField()
    fall = serializers.FloatField(help_text="By how much the score of the mood falls without this region.")


class SaliencySerializer(serializers.Serializer):
    mood = serializers.CharField()
    network = serializers.CharField()
    method = serializers.CharField()
    patch_s = serializers.FloatField(help_text="The length of a region.")
    places = SalientRegionSerializer(many=True, help_text="The most salient one first.")


PICTURE = {
    (200, "image/png"): OpenApiTypes.BINARY,
    202: DrawingSerializer,
    304: OpenApiResponse(description="Unchanged."),
}


class SongMedia(AnyTypeViewSet):
    @extend_schema(
        operation_id="audio_retrieve",
        summary="Read the audio",
        parameters=[SONG_ID, RANGE],
        responses={
            (200, "audio/*"): OpenApiTypes.BINARY,
            (206, "audio/*"): OpenApiTypes.BINARY,
            302: OpenApiResponse(description="To the audio in S3, with `S3_SIGNED_LINK_S`."),
            304: OpenApiResponse(description="Unchanged."),
            416: OpenApiResponse(description="The range is behind the end."),
        },
    )
    def audio(self, request: AuthenticatedApiRequest, song_id: uuid.UUID) -> HttpResponseBase:
        """The file, or its copy that browsers can play; whole or by byte range."""
        self.no_query()
        return audio_response(request._request, own_song(request.user, song_id))

    @extend_schema(
        operation_id="spectrogram_retrieve", summary="Read the spectrogram", parameters=[SONG_ID], responses=PICTURE
    )
    def spectrogram(self, request: AuthenticatedApiRequest, song_id: uuid.UUID) -> HttpResponseBase:
        """Log-mel, from start to end, up to 8 kHz. Those of songs of sources are drawn when somebody asks."""
        self.no_query()
        return spectrogram_response(request._request, own_song(request.user, song_id))

    @extend_schema(
        operation_id="saliency_image_retrieve",
        summary="Read a saliency map",
        parameters=[SONG_ID, SIDE],
        responses=PICTURE,
    )
    def saliency_image(self, request: AuthenticatedApiRequest, song_id: uuid.UUID, side: str) -> HttpResponseBase:
        """An overlay of the spectrogram: where the 2D network hears the mood. It is computed when somebody asks."""
        self.no_query()
        return saliency_response(request._request, own_song(request.user, song_id), side)

    @extend_schema(
        operation_id="saliency_retrieve",
        summary="Read the most salient regions",
        parameters=[SONG_ID, SIDE],
        responses={200: SaliencySerializer, 202: DrawingSerializer},
    )
    def saliency(self, request: AuthenticatedApiRequest, song_id: uuid.UUID, side: str) -> HttpResponseBase:
        """The same as a list of regions."""
        self.no_query()
        return saliency_places_response(own_song(request.user, song_id), side)
