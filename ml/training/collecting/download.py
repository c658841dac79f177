"""Downloads links one at a time, with limits, retries and resumption."""

from __future__ import annotations

from collections.abc import Callable

import requests
from urllib3.exceptions import HTTPError

from ml.audio.sniffing import HEAD_BYTES, recognise
from ml.errors import MoodError
from ml.training.collecting.http_client import Clock, FetchPolicy, HttpClient
from ml.training.collecting.http_responses import (
    RestartDownload,
    RetryableError,
    check_is_file,
    host_of,
    range_start,
    size_of,
    validator_of,
)
from ml.training.collecting.partial_download import Origin, PartialDownload

CHUNK = 1 << 16
OVERLAP = 1 << 16
"""Bytes that are fetched again when a download resumes, to check that the file is the same."""

MAX_WAIT_S = 60.0
"""A longer Retry-After ends the download."""

OnBytes = Callable[[int, int | None], None]


class Downloader:
    """Downloads links one after the other, according to `policy`."""

    def __init__(self, policy: FetchPolicy | None = None, clock: Clock | None = None) -> None:
        self.policy = policy or FetchPolicy()
        self._clock = clock or Clock()
        self._client = HttpClient(self.policy, self._clock)
        self._unreachable: set[str] = set()

    def fetch(self, link: str, partial: PartialDownload, on_bytes: OnBytes = lambda *_: None) -> None:
        """Downloads `link` completely into `partial`, resuming it if the file is still the same.

        `on_bytes` is called with received and total bytes (None if unknown). After a failure, usable data is kept for
        the next attempt.

        Raises MoodError: link_not_allowed, link_missing, link_refused, link_unreachable, link_failed,
        link_broken_off, link_too_slow, file_too_large, not_audio. OSError if the disk cannot be written.
        """
        deadline = self._clock.now() + self.policy.max_duration_s
        host = host_of(link)
        # A server that was unreachable for one file is tried only once for the next.
        attempts = 1 if host in self._unreachable else self.policy.attempts
        for attempt in range(1, attempts + 1):
            try:
                self._attempt(link, partial, deadline, on_bytes)
            except RetryableError as error:
                wait_s = max(error.wait_s, self.policy.pause_s * 2**attempt)
                if attempt == attempts or wait_s > MAX_WAIT_S or self._clock.now() + wait_s > deadline:
                    if error.code == "link_unreachable":
                        self._unreachable.add(host)
                    raise _final_error(error, attempt, partial) from error
                self._clock.sleep(wait_s)
            else:
                self._unreachable.discard(host)
                return

    def _attempt(self, link: str, partial: PartialDownload, deadline: float, on_bytes: OnBytes) -> None:
        origin = partial.origin()
        if partial.is_complete and origin is not None and origin.link == link:
            return
        start, headers = None, {}
        if origin is not None and origin.link == link and partial.size > OVERLAP:
            start = partial.size - OVERLAP
            headers["Range"] = f"bytes={start}-"
            if origin.validator:
                headers["If-Range"] = origin.validator
        try:
            with self._client.get(link, headers, deadline - self._clock.now()) as response:
                check_is_file(response)
                size = size_of(response)
                self._check_size(size or 0)
                if response.status_code == 206:
                    if start is None or range_start(response) != start or (origin and origin.size not in (None, size)):
                        raise RestartDownload("link_broken_off", "The server sent another range than requested")
                    self._receive(response, partial, partial.tail(OVERLAP), size, deadline, on_bytes)
                else:
                    partial.begin(Origin(link, size, validator_of(response)))
                    self._receive(response, partial, b"", size, deadline, on_bytes)
            self._check_whole(partial, size, host_of(link))
            partial.finish(link)
        except RestartDownload:
            partial.clear()
            raise
        except MoodError as error:
            if error.code in ("file_too_large", "not_audio"):
                partial.clear()
            raise

    def _receive(
        self,
        response: requests.Response,
        partial: PartialDownload,
        expected: bytes,
        size: int | None,
        deadline: float,
        on_bytes: OnBytes,
    ) -> None:
        """Appends the response, whose first bytes must equal `expected`, the end of the existing data."""
        head_checked = bool(expected)
        with partial.path.open("ab", buffering=0) as file:
            while chunk := _next_chunk(response):
                if self._clock.now() > deadline:
                    raise self._too_slow(file.tell())
                if expected:
                    common = min(len(expected), len(chunk))
                    if expected[:common] != chunk[:common]:
                        raise RestartDownload("link_broken_off", "The file on the server has changed")
                    expected, chunk = expected[common:], chunk[common:]
                file.write(chunk)
                self._check_size(file.tell())
                if not head_checked and file.tell() >= HEAD_BYTES:
                    _check_head(partial)
                    head_checked = True
                on_bytes(file.tell(), size)

    def _check_whole(self, partial: PartialDownload, size: int | None, host: str) -> None:
        if size is not None and partial.size != size:
            kind = RestartDownload if partial.size > size else RetryableError
            raise kind("link_broken_off", f"{host} sent {partial.size:,} of {size:,} bytes")
        if partial.size < HEAD_BYTES:
            _check_head(partial)

    def _check_size(self, size: int) -> None:
        if size > self.policy.max_bytes:
            raise too_large(size, self.policy.max_bytes)

    def _too_slow(self, received: int) -> MoodError:
        return MoodError(
            "link_too_slow",
            f"After {self.policy.max_duration_s:.0f} s only {received:,} bytes are here. The same command resumes.",
        )


def too_large(size: int, allowed: int) -> MoodError:
    message = f"The file has at least {size / 1e6:.0f} MB; up to {allowed / 1e6:g} MB are allowed"
    return MoodError("file_too_large", f"{message}. Allow more with --largest-mb.")


def _next_chunk(response: requests.Response) -> bytes:
    """The next bytes as soon as they arrive; empty at the end."""
    try:
        return response.raw.read1(CHUNK, decode_content=True)
    except HTTPError as error:
        raise RetryableError(
            "link_broken_off", f"{host_of(response.url)} closed the connection or timed out"
        ) from error


def _check_head(partial: PartialDownload) -> None:
    """Raises MoodError("not_audio") after the first 4 KB."""
    try:
        recognise(partial.head(HEAD_BYTES))
    except MoodError as error:
        raise MoodError(error.code, f"The link is not audio: {error.message}") from error


def _final_error(error: RetryableError, attempts: int, partial: PartialDownload) -> MoodError:
    attempts_text = "" if attempts == 1 else f", {attempts} times"
    stored = f". {partial.size:,} bytes are stored; the same command resumes" if partial.size else ""
    return MoodError(error.code, f"{error}{attempts_text}{stored or '. Try again later, or correct the link'}.")
