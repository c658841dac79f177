"""The language of pages: the one chosen by the user, or else the first that the browser asks for and that exists.

What programs read is always in English: the API, exports, webhooks, commands and logs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

PROGRAM_PATHS = ("/api/", "/rest/", "/health", "/metrics")
# The reference of the API is a page.
REFERENCE = "/api/v1/"
# Pages show the errors of their pictures; all other addresses of files are exports.
PICTURES = (".png", ".webp")


class PageLanguage:
    """Middleware: activates the language of a page while its request is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_for_programs(request.path_info):
            return self.get_response(request)
        language = translation.get_language_from_request(request)
        with translation.override(language):
            response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith(("text/html", "application/json")):
            response.headers.setdefault("Content-Language", language)
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


def _is_for_programs(path: str) -> bool:
    if path == REFERENCE:
        return False
    return path.startswith(PROGRAM_PATHS) or PurePosixPath(path).suffix not in ("", *PICTURES)


def remember_language(response: HttpResponse, language: str, *, secure: bool) -> None:
    """In a cookie, for a year. An unknown language is forgotten, so that the browser's applies."""
    options: dict[str, Any] = {"path": settings.LANGUAGE_COOKIE_PATH, "samesite": "Lax"}
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=settings.LANGUAGE_COOKIE_AGE, secure=secure, **options
        )
    else:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, **options)
