"""What every request meets before its view."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from classifier.error_responses import error_response
from classifier.errors import ProductError
from classifier.uploads.limits import body_too_large, max_body_bytes

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class ContentSecurityPolicy:
    """Nothing is loaded from another host, and no script or style from inside a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        return response


class BodyLimit:
    """Refuses a body by the length that its header tells, before anything has read it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        size_bytes = _content_length(request)
        url_name = request.resolver_match.url_name if request.resolver_match else None
        if size_bytes <= max_body_bytes(url_name):
            return None
        return error_response(request, body_too_large(size_bytes, url_name))


class FormsOnly:
    """Says so where an address that takes forms is opened like a page, as happens to who signs in anew on the way."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.content:
            return response
        told = error_response(request, _forms_only())
        told.headers["Allow"] = response.headers["Allow"]
        return told


def _forms_only() -> ProductError:
    return ProductError(
        "method_not_allowed",
        "There is no page at this address, it only takes a form: go back to where the form is, and send it once more.",
        HTTPStatus.METHOD_NOT_ALLOWED,
    )


def _content_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
