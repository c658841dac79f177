"""Lets probes and Prometheus address a container by its IP address, which ALLOWED_HOSTS does not list."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PATHS = {"/health/", "/health/live", "/health/ready", "/metrics"}


class AnyHost:
    """Before CommonMiddleware, which checks the host. No answer of these contains it, so a forged one has no effect."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in PATHS:
            request.get_host = lambda: "localhost"  # type: ignore[method-assign]
        return self.get_response(request)
