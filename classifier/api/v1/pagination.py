"""Lists in pages: `next` is the URL of the next one, with a cursor that only this server can make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.core import signing
from django.db.models import QuerySet
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from classifier.errors import ProductError
from classifier.library.keyset import Key, Keyset

SALT = "classifier.api.v1.cursor"
DEFAULT_SIZE, MAX_SIZE = 50, 200


class PageQuery(serializers.Serializer):
    """The parameters of every list."""

    cursor = serializers.CharField(
        required=False,
        max_length=4000,
        help_text="From `next` of the page before. The other parameters must not change.",
    )
    page_size = serializers.IntegerField(
        required=False, min_value=1, max_value=MAX_SIZE, default=DEFAULT_SIZE, help_text="Entries on a page."
    )


def page_response(
    request: Request,
    query: dict[str, Any],
    rows: QuerySet[Any],
    represent: Callable[[Sequence[Any]], list[Any]],
    *,
    read: Callable[[Sequence[Any]], Sequence[Any]] | None = None,
) -> Response:
    """One page of `rows`, which are filtered and in an order. `read` gets the rows of primary keys, in their order."""
    keyset = Keyset(rows)
    size = query["page_size"]
    found = keyset.read(size + 1, _key(query.get("cursor"), keyset, request))
    shown = found[:size]
    read = read or (lambda keys: in_order(rows.model._default_manager.all(), keys))
    results = represent(read([pk for pk, _ in shown]))
    following = _next(request, shown[-1][1]) if len(found) > size else None
    return Response({"next": following, "results": results})


def in_order(rows: QuerySet[Any], keys: Sequence[Any]) -> list[Any]:
    """The rows of these primary keys, without those that are gone."""
    by_key = rows.in_bulk(keys)
    return [by_key[key] for key in keys if key in by_key]


@cache
def page_of(entry: type[serializers.Serializer]) -> serializers.Serializer:
    """Of such entries, for the schema."""
    name = entry.__name__.removesuffix("Serializer")
    fields: dict[str, Any] = {
        "next": serializers.CharField(
            allow_null=True, help_text="The URL of the next page, relative to this server; null on the last one."
        ),
        "results": entry(many=True),
    }
    return inline_serializer(f"{name}Page", fields)


def _next(request: Request, key: Key) -> str:
    parameters = request.query_params.copy()
    parameters["cursor"] = signing.dumps([_order(request), key], salt=SALT)
    # Without scheme and host, which a proxy in front may have changed.
    return f"{request.path}?{parameters.urlencode()}"


def _key(cursor: str | None, keyset: Keyset, request: Request) -> Key | None:
    if cursor is None:
        return None
    try:
        order, key = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError):
        order, key = None, []
    if order != _order(request) or not keyset.fits(key):
        raise ProductError(
            "cursor_malformed",
            "The cursor is not one of this list in this order: take it from `next` of the page before, and leave the "
            "other parameters as they are.",
        )
    return key


def _order(request: Request) -> str:
    """What a cursor belongs to."""
    return f"{request.path_info} {request.query_params.get('sort', '')}"
