"""Evaluates HTTP responses: errors, file size and ranges."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import requests

from ml.errors import MoodError

CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")

RETRYABLE_STATUSES = {408, 429, 500, 502, 503, 504}
"""Status codes that may be temporary."""

STATUS_ERRORS = {
    401: ("link_refused", "it requires a login. Download the file yourself and use its path"),
    403: ("link_refused", "it does not give access. Download the file yourself and use its path"),
    404: ("link_missing", "there is no such file. Correct the link"),
    410: ("link_missing", "the file is gone. Correct the link"),
}


class RetryableError(Exception):
    """A failed attempt that may be retried; `wait_s` is the Retry-After of the server."""

    def __init__(self, code: str, message: str, wait_s: float = 0.0) -> None:
        super().__init__(message)
        self.code = code
        self.wait_s = wait_s


class RestartDownload(RetryableError):
    """The existing data is unusable: the next attempt starts over."""


def check_is_file(response: requests.Response) -> None:
    """Raises RetryableError, or MoodError (link_missing, link_refused, link_failed), unless the response is a file."""
    status = response.status_code
    if status in (200, 206):
        return
    status_line = f"{host_of(response.url)} responds with {status} {response.reason or ''}".rstrip()
    if status == 416:
        raise RestartDownload("link_broken_off", "The file on the server has changed")
    if status in RETRYABLE_STATUSES:
        retry_after = response.headers.get("Retry-After", "")
        raise RetryableError("link_failed", status_line, float(retry_after) if retry_after.isdecimal() else 0.0)
    code, sentence = STATUS_ERRORS.get(
        status, ("link_failed", "this is not a file. Correct the link, or try again later")
    )
    raise MoodError(code, f"{status_line}: {sentence}.")


def size_of(response: requests.Response) -> int | None:
    """The size of the whole file in bytes, if the server sends it."""
    if is_encoded(response):
        return None
    if response.status_code == 206:
        match = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        return int(match[3]) if match and match[3] != "*" else None
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None


def range_start(response: requests.Response) -> int | None:
    """The position of the first byte in the file; None if unknown or the content is encoded."""
    match = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    return int(match[1]) if match and match[1] and not is_encoded(response) else None


def is_encoded(response: requests.Response) -> bool:
    """Whether the content is compressed: then lengths and ranges are not those of the file."""
    return response.headers.get("Content-Encoding", "identity").lower() != "identity"


def validator_of(response: requests.Response) -> str | None:
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified")


def host_of(link: str) -> str:
    return urlsplit(link).hostname or link[:60]
