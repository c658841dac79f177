"""The models: the one that comes with the product, and those that the operator trained on own data."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.api.v1.base import V1ViewSet
from classifier.models import OwnModel
from classifier.serializers import iso_timestamp


class IntervalSerializer(serializers.Serializer):
    """With the ends of its 95 % interval."""

    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class OwnFiguresSerializer(serializers.Serializer):
    """On songs by artists that the network was not trained on."""

    songs = serializers.IntegerField()
    artists = serializers.IntegerField()
    accuracy = IntervalSerializer()
    exact = IntervalSerializer()
    macro_f1 = IntervalSerializer()
    most_frequent = serializers.FloatField(help_text="Accuracy of always naming the most frequent mood.")
    calibration_error = serializers.FloatField()


class ModelSerializer(serializers.Serializer):
    name = serializers.CharField()
    version = serializers.CharField()
    is_own = serializers.BooleanField(help_text="Trained by the operator on own data.")
    is_used = serializers.BooleanField(help_text="Whether it reads new songs.")
    moods = serializers.ListField(child=serializers.CharField())
    created = serializers.CharField(allow_blank=True, help_text="A date.")
    added_at = serializers.DateTimeField(allow_null=True)
    network = serializers.CharField(allow_blank=True, help_text="Of an own model.")
    trained_on_songs = serializers.IntegerField(allow_null=True)
    figures = OwnFiguresSerializer(
        allow_null=True,
        help_text="Of own models; `GET /api/model/` has those of the product's model.",
    )


class ModelListSerializer(serializers.Serializer):
    results = ModelSerializer(many=True)


class Models(V1ViewSet):
    @extend_schema(operation_id="models_list", summary="List the models", responses=ModelListSerializer)
    def list(self, request: AuthenticatedApiRequest) -> Response:
        """The one that comes with the product first."""
        self.no_query()
        rows = [_shipped(), *(_own(model) for model in OwnModel.objects.all())]
        return Response(ModelListSerializer({"results": rows}).data)


def _shipped() -> dict[str, Any]:
    return {
        "name": settings.MODEL_BUNDLE,
        "version": settings.MODEL_BUNDLE,
        "is_own": False,
        "is_used": True,
        "moods": list(ml_gateway.MOODS),
        "created": str(ml_gateway.model_card().get("created", "")),
        "added_at": None,
        "network": "",
        "trained_on_songs": None,
        "figures": None,
    }


def _own(model: OwnModel) -> dict[str, Any]:
    card = model.card
    return {
        "name": model.name,
        "version": model.version,
        "is_own": True,
        "is_used": model.is_used,
        "moods": model.moods,
        "created": card["created"],
        "added_at": iso_timestamp(model.added_at),
        "network": card["network"]["architecture"],
        "trained_on_songs": card["data"]["songs"],
        "figures": card["figures"],
    }
