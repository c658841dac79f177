"""Errors with a stable code, a message for people, and an HTTP status."""

from http import HTTPStatus
from typing import Any

from mmc.logs import context_values

FILE_ERRORS = frozenset(
    {
        "audio_no_stream",
        "audio_protected",
        "audio_silent",
        "audio_too_long",
        "audio_too_short",
        "audio_unreadable",
        "not_audio",
    }
)
"""Codes of failed songs whose cause is the file itself: a retry would fail again. All others may be retried."""


class ProductError(Exception):
    """A request cannot be fulfilled. `message` says what was found, what is allowed and what to do."""

    def __init__(self, code: str, message: str, http_status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.http_status = int(http_status)


def error_json(code: str, message: str) -> dict[str, dict[str, str]]:
    """With the identifier of the request, by which the log can be searched."""
    return {"error": {"code": code, "message": message, **_request_json()}}


PROBLEM_TYPE = "application/problem+json"


def problem_json(code: str, message: str, status: int, instance: str, **members: Any) -> dict[str, Any]:
    """The same by RFC 9457, for the API from version 1 on. `instance` is the path of the request."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error",
        "status": int(status),
        "detail": message,
        "instance": instance,
        "code": code,
        **_request_json(),
        **members,
    }


def _request_json() -> dict[str, str]:
    return {name: value for name, value in context_values().items() if name == "request_id"}
