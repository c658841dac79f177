"""Filters of the library that a user saves under a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.api.idempotency import IDEMPOTENCY_KEY, idempotent
from classifier.api.v1.base import ChangesSerializer, ConditionalViewSet, StrictSerializer, Text
from classifier.api.v1.etags import IF_MATCH
from classifier.api.v1.pagination import PageQuery, page_of, page_response
from classifier.library.saved_filters import NAME_LENGTH, QUERY_LENGTH, filter_delete, filter_edit, filter_save
from classifier.models import Person, SavedFilter
from classifier.serializers import iso_timestamp

FILTER_ID = OpenApiParameter("filter_id", {"type": "integer", "minimum": 1}, OpenApiParameter.PATH)


class SavedFilterSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    query = serializers.CharField(help_text="As the list of songs takes it, such as `mood=sad&sort=title`.")
    created_at = serializers.DateTimeField()


class NewFilterSerializer(StrictSerializer):
    name = Text(max_length=NAME_LENGTH)
    query = Text(max_length=QUERY_LENGTH)


class FilterChangesSerializer(ChangesSerializer):
    name = Text(max_length=NAME_LENGTH, required=False)
    query = Text(max_length=QUERY_LENGTH, required=False)


class SavedFilters(ConditionalViewSet):
    model = SavedFilter

    @extend_schema(
        operation_id="filters_list",
        summary="List saved filters",
        parameters=[PageQuery],
        responses=page_of(SavedFilterSerializer),
    )
    def list(self, request: AuthenticatedApiRequest) -> Response:
        query = self.query(PageQuery)
        rows = SavedFilter.objects.for_owner(request.user).order_by("name", "id")
        return page_response(request, query, rows, _many)

    @extend_schema(
        operation_id="filters_create",
        summary="Save a filter",
        parameters=[IDEMPOTENCY_KEY],
        request=NewFilterSerializer,
        responses={201: SavedFilterSerializer},
    )
    @idempotent
    def create(self, request: AuthenticatedApiRequest) -> Response:
        """It replaces one of the same name."""
        self.no_query()
        saved = filter_save(owner=request.user, **self.body(NewFilterSerializer), now=timezone.now())
        return Response(_many([saved])[0], status=201)

    @extend_schema(
        operation_id="filters_retrieve",
        summary="Read a saved filter",
        parameters=[FILTER_ID],
        responses=SavedFilterSerializer,
    )
    def retrieve(self, request: AuthenticatedApiRequest, filter_id: int) -> Response:
        self.no_query()
        return Response(self.data(request.user, filter_id))

    @extend_schema(
        operation_id="filters_update",
        summary="Change a saved filter",
        parameters=[FILTER_ID, IF_MATCH],
        request=FilterChangesSerializer,
        responses=SavedFilterSerializer,
    )
    def partial_update(self, request: AuthenticatedApiRequest, filter_id: int) -> Response:
        self.no_query()
        changes = self.body(FilterChangesSerializer)
        with self.unchanged(filter_id):
            saved = _own(request.user, filter_id)
            filter_edit(saved=saved, name=changes.get("name", saved.name), query=changes.get("query"))
        return Response(self.data(request.user, filter_id))

    @extend_schema(
        operation_id="filters_delete",
        summary="Delete a saved filter",
        parameters=[FILTER_ID, IF_MATCH],
        responses={204: None},
    )
    def destroy(self, request: AuthenticatedApiRequest, filter_id: int) -> Response:
        self.no_query()
        with self.unchanged(filter_id):
            filter_delete(saved=_own(request.user, filter_id))
        return Response(status=204)

    def data(self, owner: Person, key: Any) -> Any:
        return _many([_own(owner, key)])[0]


def _many(rows: Sequence[SavedFilter]) -> list[Any]:
    return [
        SavedFilterSerializer(
            {"id": row.id, "name": row.name, "query": row.query, "created_at": iso_timestamp(row.created_at)}
        ).data
        for row in rows
    ]


def _own(owner: Person, filter_id: int) -> SavedFilter:
    saved = SavedFilter.objects.for_owner(owner).filter(id=filter_id).first()
    if saved is None:
        raise Http404
    return saved
