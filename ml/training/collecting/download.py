"""Fetching links: one at a time, bounded, going on where an earlier attempt broke off."""

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
"""Bytes that are fetched again when a download goes on, to see that it is still the same file."""

MAX_WAIT_S = 60.0
"""A server that asks us to wait longer is left for another day."""

OnBytes = Callable[[int, int | None], None]


class Downloader:
    """Fetches one link after the other, as the `manners` allow."""

    def __init__(self, policy: FetchPolicy | None = None, clock: Clock | None = None) -> None:
        self.policy = policy or FetchPolicy()
        self._clock = clock or Clock()
        self._client = HttpClient(self.policy, self._clock)
        self._unreachable: set[str] = set()

    def fetch(self, link: str, partial: PartialDownload, on_bytes: OnBytes = lambda *_: None) -> None:
        """Fetches `link` wholly into `partial`, going on with what lies there if that is still the same file.

        `on_bytes` is told what is here and what there will be, in bytes; None where the server does not say. What
        arrived before a failure stays for the next time, unless it is of no use.

        Raises MoodError: link_not_allowed, link_missing, link_refused, link_unreachable, link_failed,
        link_broken_off, link_too_slow, file_too_large, not_audio. OSError where the disk refuses.
        """
        deadline = self._clock.now() + self.policy.max_duration_s
        host = host_of(link)
        # Whoever could not be reached for one file is asked only once for the next.
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
                        raise RestartDownload("link_broken_off", "The server sent another piece than the one asked for")
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
        """Appends what comes, of which the first bytes must be `again`, those that are here already."""
        head_checked = bool(expected)
        with partial.path.open("ab", buffering=0) as file:
            while chunk := _next_chunk(response):
                if self._clock.now() > deadline:
                    raise self._too_slow(file.tell())
                if expected:
                    common = min(len(expected), len(chunk))
                    if expected[:common] != chunk[:common]:
                        raise RestartDownload("link_broken_off", "The file on the server is another one than before")
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
            f"After {self.policy.max_duration_s:.0f} s only {received:,} bytes arrived; the command resumes there.",
        )


def too_large(size: int, allowed: int) -> MoodError:
    message = f"The file has {size / 1e6:.0f} MB or more; up to {allowed / 1e6:g} MB are allowed"
    return MoodError("file_too_large", f"{message}; say --largest-mb for more.")


def _next_chunk(response: requests.Response) -> bytes:
    """What has come, at least one byte, as soon as it is here; nothing at the end."""
    try:
        return response.raw.read1(CHUNK, decode_content=True)
    except HTTPError as error:
        raise RetryableError("link_broken_off", f"{host_of(response.url)} broke off, or fell silent") from error


def _check_head(partial: PartialDownload) -> None:
    """Raises MoodError("not_audio"), after 4 KB and not after 400 MB."""
    try:
        recognise(partial.head(HEAD_BYTES))
    except MoodError as error:
        raise MoodError(error.code, f"The link leads to no sound: {error.message}") from error


def _final_error(error: RetryableError, attempts: int, partial: PartialDownload) -> MoodError:
    attempts_text = "" if attempts == 1 else f", {attempts} times over"
    recording = f"; {partial.size:,} bytes are kept, and the same command goes on from there" if partial.size else ""
    return MoodError(error.code, f"{error}{attempts_text}{recording or '; try again later, or mend the link'}.")
