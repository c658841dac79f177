"""ETags of answers: an unchanged one is not sent again (If-None-Match), and a change can be limited to the state that
the client has read (If-Match)."""

from __future__ import annotations

import hashlib
import re
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.utils.cache import get_conditional_response, patch_cache_control
from drf_spectacular.utils import OpenApiParameter

from classifier.errors import ProductError

TAG = r'(W/)?"[!#-~]{1,100}"'
TAGS = rf"\*|{TAG}(, ?{TAG}){{0,9}}"
IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": rf"^({TAGS})$"},
    OpenApiParameter.HEADER,
    description="The `ETag` of the object as it was read at this URL, without parameters. If it has changed since, "
    "nothing is done, and the answer is 412.",
)


def etag_of(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def with_etag(request: HttpRequest, response: Any) -> Any:
    """Of the rendered answer, or 304 where a client that reads has it."""
    etag = etag_of(response.content)
    response.headers["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    if request.method not in ("GET", "HEAD"):
        return response
    conditional = get_conditional_response(request, etag=etag, response=response)
    if conditional is not response and conditional is not None:
        for name in ("RateLimit", "RateLimit-Policy"):
            if name in response.headers:
                conditional.headers[name] = response.headers[name]
    return conditional


def require_form(header: str) -> None:
    """Of If-Match. Raises ProductError."""
    if re.fullmatch(TAGS, header) is None:
        raise ProductError("if_match_malformed", "If-Match must be the ETag of an earlier answer, in quotes, or *.")


def require_match(header: str, etag: str) -> None:
    """Raises ProductError."""
    # Proxies that compress answers make the tag a weak one. It is still that of the same content.
    if header != "*" and etag not in re.split(", ?", header.replace("W/", "")):
        raise ProductError(
            "precondition_failed",
            "This was changed since you read it (If-Match): read it again, then decide about your change.",
            HTTPStatus.PRECONDITION_FAILED,
        )
