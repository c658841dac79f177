"""Idempotency-Key: a request that is sent again, for instance since its answer was lost, is not carried out twice."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import orjson
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from classifier.errors import ProductError
from classifier.models import IdempotentRequest, Person
from classifier.uploads.stored_files import checksum

KEY = re.compile(r'"?([!#-~]{1,200})"?')
MAX_KEYS = 2000
"""Of each user; older ones are forgotten before their time."""
TRIMMED_AT_ONCE = 100
RUNS_AT_MOST = timedelta(minutes=10)
"""After this, a request without an answer counts as killed, and its key is free."""

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": r'^"?[!#-~]{1,200}"?$'},
    OpenApiParameter.HEADER,
    description="Unique for each request, such as a UUID. Sent again within a day, the request is not carried out "
    "twice: its first answer is returned.",
)

Action = Callable[..., Response]


def idempotent(action: Action) -> Action:
    """For actions that create something or start work. Only answers that are no errors are kept."""

    @functools.wraps(action)
    def carried_out_once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        header = request.headers.get("Idempotency-Key")
        if header is None:
            return action(view, request, *args, **kwargs)
        assert isinstance(request.user, Person)
        row = _claim(request.user, _parsed(header), _fingerprint(request), timezone.now())
        if row.status is not None:
            headers = {"Idempotent-Replayed": "true"} | ({"Location": row.location} if row.location else {})
            return Response(row.body, status=row.status, headers=headers)
        try:
            response = action(view, request, *args, **kwargs)
        except BaseException:
            IdempotentRequest.objects.filter(id=row.id).delete()
            raise
        IdempotentRequest.objects.filter(id=row.id).update(
            status=response.status_code,
            body=orjson.loads(orjson.dumps(response.data, default=str)),
            location=response.headers.get("Location", ""),
        )
        return response

    return carried_out_once


def _claim(owner: Person, key: str, fingerprint: str, now: datetime) -> IdempotentRequest:
    """The row of this request, new or with the answer of its first time."""
    mine = IdempotentRequest.objects.filter(owner=owner)
    # A time in the future is from before the clock was set back.
    current = {"started_at__gt": now - IdempotentRequest.KEPT_FOR, "started_at__lte": now + RUNS_AT_MOST}
    mine.filter(key=key).exclude(**current).delete()
    mine.filter(key=key, status=None, started_at__lte=now - RUNS_AT_MOST).delete()
    mine.filter(
        id__in=list(mine.order_by("-started_at").values_list("id", flat=True)[MAX_KEYS:][:TRIMMED_AT_ONCE])
    ).delete()
    try:
        with transaction.atomic():
            return IdempotentRequest.objects.create(owner=owner, key=key, fingerprint=fingerprint, started_at=now)
    except IntegrityError:
        row = mine.filter(key=key).first()
    if row is None or (row.fingerprint == fingerprint and row.status is None):
        raise ProductError(
            "idempotency_key_in_use",
            "The request with this Idempotency-Key is still running: wait for its answer, or ask again in a moment.",
            HTTPStatus.CONFLICT,
        )
    if row.fingerprint != fingerprint:
        raise ProductError(
            "idempotency_key_reused",
            "Another request was sent with this Idempotency-Key: use a new key for each request.",
            HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    return row


def _parsed(header: str) -> str:
    match = KEY.fullmatch(header.strip())
    if match is None:
        raise ProductError(
            "idempotency_key_malformed",
            "The Idempotency-Key must have 1 to 200 visible ASCII characters: use a UUID, for instance.",
        )
    return match[1]


def _fingerprint(request: Request) -> str:
    content: Any = request.data
    if request.FILES:
        files = [[field, file.name, checksum(file)] for field in request.FILES for file in request.FILES.getlist(field)]
        content = [sorted(request.POST.lists()), files]
    parts = [request.method, request.get_full_path(), content]
    # With the key of the installation: a body may have a password, which nobody should guess from this.
    text = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS, default=str)
    return salted_hmac("classifier.api.idempotency", text, algorithm="sha256").hexdigest()
