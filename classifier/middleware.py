"""Middleware: security headers, size limits, a full disk, the words of moods, and a page for addresses that only
accept forms."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.handlers.wsgi import LimitedStream
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from classifier.active_words import use_words
from classifier.error_responses import error_response
from classifier.errors import ProductError
from classifier.models import Person
from classifier.uploads.large_body import LargeBody
from classifier.uploads.limits import body_too_large, disk_full, length_required, max_body_bytes
from classifier.uploads.multipart_stream import MultipartStream
from classifier.uploads.reserve_file import reserve_file_shrink
from classifier.uploads.stored_files import is_disk_full
from classifier.vocabularies.stored import remembered
from mmc.web.settings import PREFETCH_BYTES

READING = ("GET", "HEAD", "OPTIONS")

# Of what browsers offer to pages, these need sound, the whole screen for charts, and passkeys.
PERMISSIONS_POLICY = ", ".join(
    (
        "autoplay=(self)",
        "fullscreen=(self)",
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
        *(
            f"{feature}=()"
            for feature in (
                "accelerometer",
                "camera",
                "display-capture",
                "encrypted-media",
                "geolocation",
                "gyroscope",
                "magnetometer",
                "microphone",
                "midi",
                "payment",
                "picture-in-picture",
                "screen-wake-lock",
                "usb",
                "xr-spatial-tracking",
            )
        ),
    )
)


class IsolationHeaders:
    """Other sites cannot embed what is here, and pages get no more of the browser than they need."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class PrivateResponses:
    """No cache keeps a response, unless its view says how: nearly all of them belong to one person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class BodyLimit:
    """Limits the body of a request: by its Content-Length before anything reads it, in chunks while it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        large_body = _guarded_body(request)
        response = self.get_response(request)
        if large_body is not None and large_body.error is not None:
            return error_response(request, large_body.error)
        stream = getattr(request, "_stream", None)
        if isinstance(stream, MultipartStream) and stream.too_large:
            return error_response(request, body_too_large(None, _url_name(request)))
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        url_name = _url_name(request)
        max_bytes = max_body_bytes(url_name)
        size_bytes = _content_length(request)
        if size_bytes > max_bytes:
            return error_response(request, body_too_large(size_bytes, url_name))
        params = request.content_params or {}
        boundary = params.get("boundary") if request.content_type == "multipart/form-data" else None
        in_chunks = _in_chunks(request)
        if in_chunks and not (boundary and request.META.get("wsgi.input_terminated")):
            return error_response(request, length_required())
        if boundary and (size_bytes or in_chunks) and request.method == "POST":
            # Django has no public way to replace the stream that a form is parsed from.
            source = request.META["wsgi.input"] if in_chunks else request._stream
            request._stream = MultipartStream(source, boundary, max_bytes)  # type: ignore[assignment]
            if in_chunks:
                request.META["CONTENT_LENGTH"] = str(max_bytes)  # with 0, Django and the API would read nothing
        return None


class FullDisk:
    """Frees a part of the reserve file before a request that may write, if the disk is full. Reads write nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in READING:
            reserve_file_shrink()
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return error_response(request, disk_full()) if is_disk_full(error) else None


class FormsOnly:
    """Say that an address only accepts a form, where a user opens it as a page, for instance after signing in again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.content:
            return response
        explained = error_response(request, _forms_only())
        explained.headers["Allow"] = response.headers["Allow"]
        return explained


class MoodWords:
    """Moods are shown in the words of the user, also where an API view finds out only later who that is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with use_words(remembered(lambda: _person(request))):
            return self.get_response(request)


def _person(request: HttpRequest) -> Person | None:
    user = getattr(request, "user", None)
    return user if isinstance(user, Person) else None


def _forms_only() -> ProductError:
    return ProductError(
        "method_not_allowed",
        gettext("This address only accepts a form: go back to the page with the form and send it again."),
        HTTPStatus.METHOD_NOT_ALLOWED,
    )


def _guarded_body(request: HttpRequest) -> LargeBody | None:
    """Let only signed-in users send what the web server has not read before."""
    if _content_length(request) <= PREFETCH_BYTES and not _in_chunks(request):
        return None
    body = LargeBody(request.META["wsgi.input"], request)
    request.META["wsgi.input"] = body
    # Django has no public way to replace the stream that a body is read from.
    request._stream = LimitedStream(body, _content_length(request))  # type: ignore[assignment, arg-type]
    return body


def _in_chunks(request: HttpRequest) -> bool:
    return "chunked" in request.headers.get("Transfer-Encoding", "").lower()


def _url_name(request: HttpRequest) -> str | None:
    return request.resolver_match.url_name if request.resolver_match else None


def _content_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
