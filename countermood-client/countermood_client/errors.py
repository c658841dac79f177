"""What can go wrong. Every error is a `ClientError` whose text is a sentence."""

from __future__ import annotations

from http import HTTPStatus

import httpx


class ClientError(Exception):
    """Base class of the errors of this package."""


class ConnectionFailed(ClientError):
    """The server did not answer, also after several attempts."""


class TimedOut(ClientError):
    """A song was not done in the time that the caller gives it."""


class JobFailed(ClientError):
    """The analysis of a song failed or was cancelled. `code` is stable, such as `audio_silent`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ApiError(ClientError):
    """The server refused a request. `code` is stable, such as `not_audio`; the text may change."""

    def __init__(self, status: int, code: str, message: str, request_id: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.request_id = request_id

    @classmethod
    def of(cls, response: httpx.Response) -> ApiError:
        """Of a response whose body was read: problem details, or the page of a proxy in front of the server."""
        request_id = response.headers.get("X-Request-ID", "")
        try:
            problem = response.json()
            # Addresses outside of version 1 wrap the error.
            problem = problem.get("error", problem)
            message = problem.get("detail") or problem["message"]
            return cls(response.status_code, problem["code"], message, request_id)
        except (ValueError, KeyError, AttributeError):
            name = HTTPStatus(response.status_code).phrase if response.status_code in set(HTTPStatus) else "error"
            return cls(response.status_code, "unexpected_answer", f"The server answered {name}.", request_id)
