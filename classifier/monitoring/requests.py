"""Middleware: identifies, logs and counts each request, and accepts probes by any host name."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject, empty

from classifier.monitoring.http_metrics import count_request
from mmc.logs import log_context

logger = logging.getLogger("classifier.access")

HEADER = "X-Request-ID"
VALID_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,127}")
# What programs and open pages request every few seconds, and files of pages: logged with LOG_LEVEL=DEBUG.
QUIET_ROUTES = {"health/", "health/live", "health/ready", "metrics", "songs/states/", "static", "moods.css"}
PROBE_PATHS = {"/health/", "/health/live", "/health/ready", "/metrics"}


class RequestLog:
    """Must be the first middleware, so that the records of all others name the request too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started_s = time.monotonic()
        request.request_id = request_id = new_request_id(request)  # type: ignore[attr-defined]
        with log_context(request_id=request_id, person_id=lambda: person_id(request)):
            response = self.get_response(request)
            duration_s = time.monotonic() - started_s
            response.headers[HEADER] = request_id
            count_request(
                method=str(request.method),
                route=f"/{route_of(request)}",
                status=response.status_code,
                duration_s=duration_s,
            )
            _log(request, response, duration_s)
        return response


def new_request_id(request: HttpRequest) -> str:
    """That of the proxy in front, where there is one; what a client claims could forge entries of the log."""
    given = request.headers.get(HEADER, "") if settings.TRUST_PROXY else ""
    return given if VALID_ID.fullmatch(given) else uuid.uuid4().hex


def person_id(request: HttpRequest) -> str:
    """Of the person who is signed in, if that is known already: it is not looked up for the log."""
    user = request.__dict__.get("user")
    if isinstance(user, SimpleLazyObject) and user.__dict__.get("_wrapped") is empty:
        return ""
    key = getattr(user, "pk", None)
    return "" if key is None else str(key)


def route_of(request: HttpRequest) -> str:
    """The pattern of the URL, such as songs/<uuid:song_id>/: paths name songs, and may have secrets of links."""
    if request.resolver_match is not None:
        return request.resolver_match.route
    return "static" if request.path.startswith(settings.STATIC_URL) else "unknown"


def _log(request: HttpRequest, response: HttpResponse, duration_s: float) -> None:
    route = route_of(request)
    level = logging.DEBUG if route in QUIET_ROUTES and response.status_code < 500 else logging.INFO
    duration_ms = round(1000 * duration_s, 1)
    logger.log(
        level,
        "%s /%s %s in %s ms",
        request.method,
        route,
        response.status_code,
        duration_ms,
        extra={
            "method": request.method,
            "route": f"/{route}",
            "status": response.status_code,
            "duration_ms": duration_ms,
        },
    )


class AnyHost:
    """Lets probes and Prometheus address a container by its IP address, which ALLOWED_HOSTS does not list.

    Before CommonMiddleware, which checks the host. No answer of these contains it, so a forged one has no effect.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in PROBE_PATHS:
            request.get_host = lambda: "localhost"  # type: ignore[method-assign]
        return self.get_response(request)
