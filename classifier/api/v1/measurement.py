"""How well results agree with the user's judgements, and recalibrations that are fitted to these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.api.v1.base import ConditionalViewSet, StrictSerializer, V1ViewSet
from classifier.api.v1.etags import IF_MATCH
from classifier.library.measurement import measurement, own_labels
from classifier.models import Person, Recalibration, RecalibrationKind, RecalibrationState
from classifier.serializers import iso_timestamp
from classifier.services.recalibration import (
    recalibration_request,
    recalibration_switch_off,
    recalibration_switch_on,
    recalibrations_lock,
)

NUMBER = OpenApiParameter("number", {"type": "integer", "minimum": 1}, OpenApiParameter.PATH)


class TermMeasureSerializer(serializers.Serializer):
    named = serializers.IntegerField(help_text="Songs with the term in their name.")
    stated = serializers.IntegerField(help_text="Songs for which you state it.")
    hits = serializers.IntegerField(help_text="Both.")
    precision = serializers.FloatField(allow_null=True)
    recall = serializers.FloatField(allow_null=True)
    f1 = serializers.FloatField(allow_null=True)


class ReliabilityBinSerializer(serializers.Serializer):
    chance = serializers.FloatField(help_text="The mean of the chances in this bin.")
    right = serializers.FloatField(help_text="The share of them that came true.")
    count = serializers.IntegerField()


class MeasurementSerializer(serializers.Serializer):
    songs = serializers.IntegerField()
    only_rejected = serializers.IntegerField(help_text="Of them, those with a rejected name and no stated mood.")
    model_versions = serializers.DictField(child=serializers.IntegerField())
    terms = serializers.DictField(child=TermMeasureSerializer())
    calibration_error = serializers.FloatField(allow_null=True, help_text="Of the chances of all terms.")
    calibration = ReliabilityBinSerializer(many=True)


class RecalibrationSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    version = serializers.CharField(help_text="Of the results that it gives, such as `mood-5+me-3`.")
    kind = serializers.ChoiceField(choices=RecalibrationKind.values)
    state = serializers.ChoiceField(choices=RecalibrationState.values)
    is_active = serializers.BooleanField()
    is_applying = serializers.BooleanField(help_text="Whether stored results are still read again.")
    message = serializers.CharField()
    created_at = serializers.DateTimeField()
    fitted_at = serializers.DateTimeField(allow_null=True)
    parameters = serializers.DictField(child=serializers.JSONField(), help_text="Bias and temperature of each term.")
    figures = serializers.DictField(
        child=serializers.JSONField(), help_text="Before and after, on songs that were left out of the fit."
    )


class RecalibrationListSerializer(serializers.Serializer):
    results = RecalibrationSerializer(many=True)


class NewRecalibrationSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=RecalibrationKind.values, required=False)


class RecalibrationSwitchSerializer(StrictSerializer):
    is_active = serializers.BooleanField()


class MeasurementView(V1ViewSet):
    @extend_schema(
        operation_id="measurement_retrieve",
        summary="Measure the results with your judgements",
        responses=MeasurementSerializer,
    )
    def retrieve(self, request: AuthenticatedApiRequest) -> Response:
        """Of the newest 20,000 judgements. Figures of recalibrated results include the songs of its fit."""
        self.no_query()
        measured = measurement(request.user, own_labels(request.user))
        measures = ml_gateway.measures
        content = {
            "songs": measured.songs,
            "only_rejected": measured.only_rejected,
            "model_versions": measured.versions,
            "terms": measured.terms,
            "calibration_error": measures.calibration_error(measured.chance_bins),
            "calibration": measured.chance_bins,
        }
        return Response(MeasurementSerializer(content).data)


class Recalibrations(ConditionalViewSet):
    model = Recalibration
    key_name = "number"

    @extend_schema(
        operation_id="recalibrations_list", summary="List recalibrations", responses=RecalibrationListSerializer
    )
    def list(self, request: AuthenticatedApiRequest) -> Response:
        """The newest first."""
        self.no_query()
        return Response({"results": _many(list(Recalibration.objects.filter(owner=request.user)))})

    @extend_schema(
        operation_id="recalibrations_create",
        summary="Fit a recalibration to your judgements",
        request=NewRecalibrationSerializer,
        responses={202: RecalibrationSerializer},
    )
    def create(self, request: AuthenticatedApiRequest) -> Response:
        """A worker fits it, in some seconds. It needs moods that you stated for 50 songs, a readout for 200."""
        self.no_query()
        kind = self.body(NewRecalibrationSerializer).get("kind", RecalibrationKind.TERMS.value)
        one = recalibration_request(owner=request.user, kind=kind, now=timezone.now())
        return Response(_many([one])[0], status=202)

    @extend_schema(
        operation_id="recalibrations_retrieve",
        summary="Read a recalibration",
        parameters=[NUMBER],
        responses=RecalibrationSerializer,
    )
    def retrieve(self, request: AuthenticatedApiRequest, number: int) -> Response:
        self.no_query()
        return Response(self.data(request.user, number))

    @extend_schema(
        operation_id="recalibrations_switch",
        summary="Switch a recalibration on or off",
        parameters=[NUMBER, IF_MATCH],
        request=RecalibrationSwitchSerializer,
        responses=RecalibrationSerializer,
    )
    def partial_update(self, request: AuthenticatedApiRequest, number: int) -> Response:
        """Only one whose state is `better` can be switched on; it replaces the one that was."""
        self.no_query()
        is_active = self.body(RecalibrationSwitchSerializer)["is_active"]
        with self.unchanged(number):
            one = _own(request.user, number)
            if is_active:
                recalibration_switch_on(owner=request.user, number=number, now=timezone.now())
            elif one.is_active:
                recalibration_switch_off(owner=request.user, now=timezone.now())
        return Response(self.data(request.user, number))

    def data(self, owner: Person, key: Any) -> Any:
        return _many([_own(owner, key)])[0]

    def lock(self, owner: Person, key: Any) -> None:
        """All of the user, since switching one on switches another one off."""
        recalibrations_lock(owner)
        super().lock(owner, key)


def _many(rows: Sequence[Recalibration]) -> list[Any]:
    return [RecalibrationSerializer(_content(row)).data for row in rows]


def _content(row: Recalibration) -> dict[str, Any]:
    content = {str(name): getattr(row, str(name)) for name in RecalibrationSerializer().fields}
    return content | {name: iso_timestamp(content[name]) for name in ("created_at", "fitted_at")}


def _own(owner: Person, number: int) -> Recalibration:
    one = Recalibration.objects.filter(owner=owner, number=number).first()
    if one is None:
        raise Http404
    return one
