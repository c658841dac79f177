"""What a server's answer says: whether it brings the file, how large that is, and what went wrong."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import requests

from ml.errors import MoodError

CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")

RETRYABLE_STATUSES = {408, 429, 500, 502, 503, 504}
"""Answers that may be another one a moment later."""

STATUS_ERRORS = {
    401: ("link_refused", "it asks for a name and a password; fetch the file yourself, and name its path"),
    403: ("link_refused", "it does not let us have it; fetch the file yourself, and name its path"),
    404: ("link_missing", "it has nothing there; mend the link"),
    410: ("link_missing", "it has nothing there any more; mend the link"),
}


class RetryableError(Exception):
    """An attempt that failed, and that another one may mend; `wait_s` is how long the server asked us to wait."""

    def __init__(self, code: str, message: str, wait_s: float = 0.0) -> None:
        super().__init__(message)
        self.code = code
        self.wait_s = wait_s


class RestartDownload(RetryableError):
    """An attempt that shows that what is here is of no use: the next one begins anew."""


def check_is_file(response: requests.Response) -> None:
    """Raises BrokenOff, or MoodError (link_missing, link_refused, link_failed), unless the answer is a file."""
    status = response.status_code
    if status in (200, 206):
        return
    status_line = f"{host_of(response.url)} answers {status} {response.reason or ''}".rstrip()
    if status == 416:
        raise RestartDownload("link_broken_off", "The file on the server is another one than before")
    if status in RETRYABLE_STATUSES:
        retry_after = response.headers.get("Retry-After", "")
        raise RetryableError("link_failed", status_line, float(retry_after) if retry_after.isdecimal() else 0.0)
    code, sentence = STATUS_ERRORS.get(status, ("link_failed", "that is no file; mend the link, or try again later"))
    raise MoodError(code, f"{status_line}: {sentence}.")


def size_of(response: requests.Response) -> int | None:
    """Bytes of the whole file, where the server says."""
    if is_encoded(response):
        return None
    if response.status_code == 206:
        match = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        return int(match[3]) if match and match[3] != "*" else None
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None


def range_start(response: requests.Response) -> int | None:
    """The place in the file of an answer's first byte; None where it does not say, or its bytes are not the file's."""
    match = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    return int(match[1]) if match and match[1] and not is_encoded(response) else None


def is_encoded(response: requests.Response) -> bool:
    """Packed on the way, though we asked for it as it is: then lengths and places are not the file's."""
    return response.headers.get("Content-Encoding", "identity").lower() != "identity"


def validator_of(response: requests.Response) -> str | None:
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified")


def host_of(link: str) -> str:
    return urlsplit(link).hostname or link[:60]
