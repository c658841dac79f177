"""What a server's answer says: whether it brings the file, how large that is, and what went wrong."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import requests

from ml.errors import MoodError

CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")

PATIENT = {408, 429, 500, 502, 503, 504}
"""Answers that may be another one a moment later."""

SENTENCES = {
    401: ("link_refused", "it asks for a name and a password; fetch the file yourself, and name its path"),
    403: ("link_refused", "it does not let us have it; fetch the file yourself, and name its path"),
    404: ("link_missing", "it has nothing there; mend the link"),
    410: ("link_missing", "it has nothing there any more; mend the link"),
}


class BrokenOff(Exception):
    """An attempt that failed, and that another one may mend; `wait_s` is how long the server asked us to wait."""

    def __init__(self, code: str, message: str, wait_s: float = 0.0) -> None:
        super().__init__(message)
        self.code = code
        self.wait_s = wait_s


class Spoiled(BrokenOff):
    """An attempt that shows that what is here is of no use: the next one begins anew."""


def check_brings_file(answer: requests.Response) -> None:
    """Raises BrokenOff, or MoodError (link_missing, link_refused, link_failed), unless the answer is a file."""
    status = answer.status_code
    if status in (200, 206):
        return
    said = f"{host_of(answer.url)} answers {status} {answer.reason or ''}".rstrip()
    if status == 416:
        raise Spoiled("link_broken_off", "The file on the server is another one than before")
    if status in PATIENT:
        asked = answer.headers.get("Retry-After", "")
        raise BrokenOff("link_failed", said, float(asked) if asked.isdecimal() else 0.0)
    code, sentence = SENTENCES.get(status, ("link_failed", "that is no file; mend the link, or try again later"))
    raise MoodError(code, f"{said}: {sentence}.")


def size_of(answer: requests.Response) -> int | None:
    """Bytes of the whole file, where the server says."""
    if is_encoded(answer):
        return None
    if answer.status_code == 206:
        found = CONTENT_RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        return int(found[3]) if found and found[3] != "*" else None
    length = answer.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None


def begins_at(answer: requests.Response) -> int | None:
    """The place in the file of an answer's first byte; None where it does not say, or its bytes are not the file's."""
    found = CONTENT_RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    return int(found[1]) if found and found[1] and not is_encoded(answer) else None


def is_encoded(answer: requests.Response) -> bool:
    """Packed on the way, though we asked for it as it is: then lengths and places are not the file's."""
    return answer.headers.get("Content-Encoding", "identity").lower() != "identity"


def validator_of(answer: requests.Response) -> str | None:
    tag = answer.headers.get("ETag", "")
    return tag if tag.startswith('"') else answer.headers.get("Last-Modified")


def host_of(link: str) -> str:
    return urlsplit(link).hostname or link[:60]
