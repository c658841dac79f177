"""Middleware: what must work on a full disk finds room, and what does not says so."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from classifier.error_responses import error_response
from classifier.uploads.ballast import ballast_release
from classifier.uploads.limits import disk_full
from classifier.uploads.stored_files import is_disk_full

READING = ("GET", "HEAD", "OPTIONS")


class FullDisk:
    """Before a request that may write: release a part of the ballast if the disk is full. Reads write nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in READING:
            ballast_release()
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return error_response(request, disk_full()) if is_disk_full(error) else None
