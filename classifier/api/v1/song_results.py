"""The results of a song: analyses by each model, segments, features and waveform."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.api.v1.base import V1ViewSet
from classifier.api.v1.song_serializers import (
    AlternativeSerializer,
    MoodSerializer,
    NetworkQuery,
    OwnAnswerSerializer,
    ReasonSerializer,
    ScoresSerializer,
)
from classifier.api.v1.songs import SONG_ID, own_song
from classifier.errors import ProductError
from classifier.models import Analysis, Song, Status
from classifier.own_model_models import OWN_MODELS
from classifier.serializers import iso_timestamp, result_json

VERSION = OpenApiParameter("version", str, OpenApiParameter.PATH, description="Of the model, such as `mood-5`.")


class NetworkScoresSerializer(serializers.Serializer):
    cnn1d = ScoresSerializer()
    cnn2d = ScoresSerializer()


class AnalysisSummarySerializer(serializers.Serializer):
    model_version = serializers.CharField()
    is_current = serializers.BooleanField(help_text="Whether it is the result of the song.")
    created_at = serializers.DateTimeField()
    mood = MoodSerializer()


class AnalysisListSerializer(serializers.Serializer):
    results = AnalysisSummarySerializer(many=True)


class AnalysisSerializer(AnalysisSummarySerializer):
    """The whole result of one model, without segments and features."""

    alternatives = AlternativeSerializer(many=True)
    genres = serializers.DictField(child=serializers.FloatField())
    agreement = serializers.FloatField(allow_null=True)
    scores = ScoresSerializer()
    models = NetworkScoresSerializer(help_text="The scores of each network alone.")
    reasons = ReasonSerializer(many=True)
    explanations = serializers.DictField(child=serializers.CharField())
    own_models = OwnAnswerSerializer(many=True)


class SegmentSerializer(serializers.Serializer):
    """About 10 s of the song. Silence has no mood."""

    start_s = serializers.FloatField()
    end_s = serializers.FloatField()
    silent = serializers.BooleanField()
    mood = MoodSerializer(allow_null=True)
    scores = ScoresSerializer(allow_null=True)
    models = NetworkScoresSerializer(allow_null=True)


class SegmentListSerializer(serializers.Serializer):
    model_version = serializers.CharField()
    results = SegmentSerializer(many=True)


class FeaturesSerializer(serializers.Serializer):
    model_version = serializers.CharField()
    features = serializers.DictField(child=serializers.FloatField(allow_null=True))


class WaveformSerializer(serializers.Serializer):
    duration_s = serializers.FloatField(allow_null=True)
    values = serializers.ListField(
        child=serializers.FloatField(), help_text="Loudness from start to end, 0 to 100; empty for old analyses."
    )


class SongResults(V1ViewSet):
    @extend_schema(
        operation_id="analyses_list", summary="List analyses", parameters=[SONG_ID], responses=AnalysisListSerializer
    )
    def analyses(self, request: AuthenticatedApiRequest, song_id: uuid.UUID) -> Response:
        """Those of earlier models too, the newest first."""
        self.no_query()
        rows = own_song(request.user, song_id).analyses.order_by("-created_at", "-id")
        return Response({"results": [AnalysisSummarySerializer(_summary(row)).data for row in rows]})

    @extend_schema(
        operation_id="analyses_retrieve",
        summary="Read an analysis",
        parameters=[SONG_ID, VERSION, NetworkQuery],
        responses=AnalysisSerializer,
    )
    def analysis(self, request: AuthenticatedApiRequest, song_id: uuid.UUID, version: str) -> Response:
        network = self.query(NetworkQuery)["model"]
        rows = own_song(request.user, song_id).analyses.select_related("detail")
        row = rows.filter(model_version=version).first()
        if row is None:
            raise Http404
        result = result_json(row.detail.answer, network, row.model_version)
        own = {OWN_MODELS: result.get(OWN_MODELS, [])}
        return Response(AnalysisSerializer({**result, **own, **_summary(row), "mood": result["mood"]}).data)

    @extend_schema(
        operation_id="segments_list",
        summary="Read the segments",
        parameters=[SONG_ID, NetworkQuery],
        responses=SegmentListSerializer,
    )
    def segments(self, request: AuthenticatedApiRequest, song_id: uuid.UUID) -> Response:
        """In time order; they overlap."""
        network = self.query(NetworkQuery)["model"]
        row = _current(own_song(request.user, song_id))
        whole = {**row.detail.answer, "segments": row.detail.segments}
        result = result_json(whole, network, row.model_version, with_segments=True)
        content = {"model_version": row.model_version, "results": result["segments"]}
        return Response(SegmentListSerializer(content).data)

    @extend_schema(
        operation_id="features_retrieve",
        summary="Read the features",
        parameters=[SONG_ID],
        responses=FeaturesSerializer,
    )
    def features(self, request: AuthenticatedApiRequest, song_id: uuid.UUID) -> Response:
        """The 57 features: medians over the frames of the song."""
        self.no_query()
        row = _current(own_song(request.user, song_id))
        return Response({"model_version": row.model_version, "features": row.detail.answer.get("features", {})})

    @extend_schema(
        operation_id="waveform_retrieve",
        summary="Read the waveform",
        parameters=[SONG_ID],
        responses=WaveformSerializer,
    )
    def waveform(self, request: AuthenticatedApiRequest, song_id: uuid.UUID) -> Response:
        self.no_query()
        song = own_song(request.user, song_id)
        return Response({"duration_s": song.duration_s, "values": _current(song).detail.waveform})


def _summary(row: Analysis) -> dict[str, Any]:
    return {
        "model_version": row.model_version,
        "is_current": row.is_current,
        "created_at": iso_timestamp(row.created_at),
        "mood": row.mood,
    }


def _current(song: Song) -> Analysis:
    analysis = song.analysis if song.status == Status.DONE else None
    if analysis is None:
        raise ProductError("answer_missing", "This song has no result yet: wait until its analysis is done.", 404)
    return analysis
