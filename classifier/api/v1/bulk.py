"""Many songs at once: those with these ids, or all that match a filter."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.api.idempotency import IDEMPOTENCY_KEY, idempotent
from classifier.api.v1.base import StrictSerializer, Text, V1ViewSet
from classifier.api.v1.filter_parameters import filter_schema, library_filter
from classifier.api.v1.song_serializers import StatedMoodsSerializer
from classifier.api.v1.songs import record_deleted
from classifier.library.filters import LibraryFilter
from classifier.library.selection import MAX_TICKED
from classifier.models import Person, Song
from classifier.query_parameters import check_parameters
from classifier.querysets import SongQuerySet
from classifier.services.bulk import songs_correct, songs_rerun
from classifier.services.song_bin import songs_bin
from classifier.services.song_edit import songs_edit
from classifier.uploads.song_deletion import songs_delete


@extend_schema_field(filter_schema())
class FilterField(serializers.JSONField):
    pass


class SelectionSerializer(StrictSerializer):
    """`ids` or `filter`. Ids of songs that are gone or not yours are left out."""

    schema_rules = {"oneOf": [{"required": ["ids"]}, {"required": ["filter"]}]}

    ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MAX_TICKED, required=False)
    filter = FilterField(
        required=False, help_text="The parameters of the list of songs; empty selects every song outside the bin."
    )

    def validate_filter(self, value: Any) -> LibraryFilter:
        if not isinstance(value, dict) or not all(isinstance(text, str | int | float) for text in value.values()):
            raise serializers.ValidationError("The filter is an object of the list's parameters.")
        check_parameters(value, *LibraryFilter.parameter_names())
        parameters = QueryDict(mutable=True)
        parameters.update({name: str(text) for name, text in value.items()})
        return library_filter(parameters)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("ids" in attrs) == ("filter" in attrs):
            raise serializers.ValidationError("Select songs either by ids or by a filter.")
        return attrs


class DeletionSerializer(SelectionSerializer):
    bin = serializers.BooleanField(default=False, help_text="Into the bin, to be restored.")


class CorrectionSerializer(SelectionSerializer):
    actual_mood = StatedMoodsSerializer()


class NamesSerializer(SelectionSerializer):
    """What many songs may have in common; empty texts change nothing."""

    artist = Text(max_length=255, required=False)
    album = Text(max_length=255, required=False)
    album_artist = Text(max_length=255, required=False)
    year = serializers.IntegerField(min_value=1000, max_value=2999, required=False)
    music_genre = Text(max_length=255, required=False)

    NAMES = ("artist", "album", "album_artist", "year", "music_genre")
    schema_rules = {**SelectionSerializer.schema_rules, "minProperties": 2}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if not any(name in attrs for name in self.NAMES):
            raise serializers.ValidationError("Nothing is to be changed: send at least one name.")
        return attrs


class ChangedSerializer(serializers.Serializer):
    selected = serializers.IntegerField(help_text="Songs that were found.")
    changed = serializers.IntegerField(help_text="Those of them that the action applied to.")


class Bulk(V1ViewSet):
    @extend_schema(
        operation_id="songs_bulk_delete",
        summary="Delete many songs",
        parameters=[IDEMPOTENCY_KEY],
        request=DeletionSerializer,
        responses=ChangedSerializer,
    )
    @idempotent
    def delete_songs(self, request: AuthenticatedApiRequest) -> Response:
        """Permanently, or into the bin."""
        values, ids = self._selected(request, DeletionSerializer)
        binned, deleted = songs_bin(ids=ids, now=timezone.now()) if values["bin"] else (0, songs_delete(ids=ids))
        for count, permanent in ((binned, False), (deleted, True)):
            if count:
                record_deleted(request, count, permanent=permanent)
        return _changed(ids, binned + deleted)

    @extend_schema(
        operation_id="songs_bulk_analyse",
        summary="Analyse many songs again",
        parameters=[IDEMPOTENCY_KEY],
        request=SelectionSerializer,
        responses={202: ChangedSerializer},
    )
    @idempotent
    def analyse(self, request: AuthenticatedApiRequest) -> Response:
        """By the current model. Results and verdicts stay meanwhile. Songs that wait already, and those whose file
        is the cause of their failure, are left out."""
        _, ids = self._selected(request, SelectionSerializer)
        return _changed(ids, songs_rerun(ids=ids, now=timezone.now()), status=202)

    @extend_schema(
        operation_id="songs_bulk_correct",
        summary="State the moods of many songs",
        parameters=[IDEMPOTENCY_KEY],
        request=CorrectionSerializer,
        responses=ChangedSerializer,
    )
    @idempotent
    def correct(self, request: AuthenticatedApiRequest) -> Response:
        values, ids = self._selected(request, CorrectionSerializer)
        stated = values["actual_mood"]
        moods = {"primary": stated["primary"], "secondary": stated.get("secondary") or ""}
        return _changed(ids, songs_correct(ids=ids, **moods, now=timezone.now()))

    @extend_schema(
        operation_id="songs_bulk_edit",
        summary="Change the names of many songs",
        parameters=[IDEMPOTENCY_KEY],
        request=NamesSerializer,
        responses=ChangedSerializer,
    )
    @idempotent
    def edit(self, request: AuthenticatedApiRequest) -> Response:
        values, ids = self._selected(request, NamesSerializer)
        names = {name: str(values[name]) for name in NamesSerializer.NAMES if name in values}
        return _changed(ids, songs_edit(ids=ids, now=timezone.now(), **names))

    def _selected(
        self, request: AuthenticatedApiRequest, serializer: type[SelectionSerializer]
    ) -> tuple[dict[str, Any], list[uuid.UUID]]:
        self.no_query()
        values = self.body(serializer)
        return values, list(selected_songs(request.user, values).values_list("id", flat=True))


def selected_songs(owner: Person, values: dict[str, Any]) -> SongQuerySet:
    songs = Song.objects.for_owner(owner)
    if "ids" in values:
        return songs.filter(id__in=values["ids"])
    return values["filter"].apply(songs)


def _changed(ids: list[uuid.UUID], changed: int, status: int = 200) -> Response:
    return Response({"selected": len(ids), "changed": changed}, status=status)
