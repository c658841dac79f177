"""Errors with a stable code, a message for people, and an HTTP status."""

from http import HTTPStatus

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
    request = {name: value for name, value in context_values().items() if name == "request_id"}
    return {"error": {"code": code, "message": message, **request}}
