"""Fetching links: one at a time, bounded, going on where an earlier attempt broke off."""

from __future__ import annotations

from collections.abc import Callable

import requests
from urllib3.exceptions import HTTPError

from ml.audio.sniffing import HEAD_BYTES, recognise
from ml.errors import MoodError
from ml.training.collecting.http_client import Clock, Manners, Visitor
from ml.training.collecting.http_responses import (
    BrokenOff,
    Spoiled,
    begins_at,
    check_brings_file,
    host_of,
    size_of,
    validator_of,
)
from ml.training.collecting.partial_download import Origin, Partial

CHUNK = 1 << 16
OVERLAP = 1 << 16
"""Bytes that are fetched again when a download goes on, to see that it is still the same file."""

LONGEST_WAIT_S = 60.0
"""A server that asks us to wait longer is left for another day."""

OnBytes = Callable[[int, int | None], None]


class Downloads:
    """Fetches one link after the other, as the `manners` allow."""

    def __init__(self, manners: Manners | None = None, clock: Clock | None = None) -> None:
        self.manners = manners or Manners()
        self._clock = clock or Clock()
        self._visitor = Visitor(self.manners, self._clock)
        self._unreachable: set[str] = set()

    def fetch(self, link: str, partial: Partial, on_bytes: OnBytes = lambda *_: None) -> None:
        """Fetches `link` wholly into `partial`, going on with what lies there if that is still the same file.

        `on_bytes` is told what is here and what there will be, in bytes; None where the server does not say. What
        arrived before a failure stays for the next time, unless it is of no use.

        Raises MoodError: link_not_allowed, link_missing, link_refused, link_unreachable, link_failed,
        link_broken_off, link_too_slow, file_too_large, not_audio. OSError where the disk refuses.
        """
        ends = self._clock.now() + self.manners.longest_s
        host = host_of(link)
        # Whoever could not be reached for one file is asked only once for the next.
        attempts = 1 if host in self._unreachable else self.manners.attempts
        for attempt in range(1, attempts + 1):
            try:
                self._attempt(link, partial, ends, on_bytes)
            except BrokenOff as broken:
                wait_s = max(broken.wait_s, self.manners.pause_s * 2**attempt)
                if attempt == attempts or wait_s > LONGEST_WAIT_S or self._clock.now() + wait_s > ends:
                    if broken.code == "link_unreachable":
                        self._unreachable.add(host)
                    raise _given_up(broken, attempt, partial) from broken
                self._clock.sleep(wait_s)
            else:
                self._unreachable.discard(host)
                return

    def _attempt(self, link: str, partial: Partial, ends: float, on_bytes: OnBytes) -> None:
        known = partial.origin()
        if partial.is_whole and known is not None and known.link == link:
            return
        start, headers = None, {}
        if known is not None and known.link == link and partial.size > OVERLAP:
            start = partial.size - OVERLAP
            headers["Range"] = f"bytes={start}-"
            if known.validator:
                headers["If-Range"] = known.validator
        try:
            with self._visitor.ask(link, headers, ends - self._clock.now()) as answer:
                check_brings_file(answer)
                size = size_of(answer)
                self._check_size(size or 0)
                if answer.status_code == 206:
                    if start is None or begins_at(answer) != start or (known and known.size not in (None, size)):
                        raise Spoiled("link_broken_off", "The server sent another piece than the one asked for")
                    self._receive(answer, partial, partial.tail(OVERLAP), size, ends, on_bytes)
                else:
                    partial.begin(Origin(link, size, validator_of(answer)))
                    self._receive(answer, partial, b"", size, ends, on_bytes)
            self._check_whole(partial, size, host_of(link))
            partial.finish(link)
        except Spoiled:
            partial.clear()
            raise
        except MoodError as error:
            if error.code in ("file_too_large", "not_audio"):
                partial.clear()
            raise

    def _receive(
        self,
        answer: requests.Response,
        partial: Partial,
        again: bytes,
        size: int | None,
        ends: float,
        on_bytes: OnBytes,
    ) -> None:
        """Appends what comes, of which the first bytes must be `again`, those that are here already."""
        judged = bool(again)
        with partial.path.open("ab", buffering=0) as file:
            while chunk := _next_chunk(answer):
                if self._clock.now() > ends:
                    raise self._too_slow(file.tell())
                if again:
                    common = min(len(again), len(chunk))
                    if again[:common] != chunk[:common]:
                        raise Spoiled("link_broken_off", "The file on the server is another one than before")
                    again, chunk = again[common:], chunk[common:]
                file.write(chunk)
                self._check_size(file.tell())
                if not judged and file.tell() >= HEAD_BYTES:
                    _judge_head(partial)
                    judged = True
                on_bytes(file.tell(), size)

    def _check_whole(self, partial: Partial, size: int | None, host: str) -> None:
        if size is not None and partial.size != size:
            kind = Spoiled if partial.size > size else BrokenOff
            raise kind("link_broken_off", f"{host} sent {partial.size:,} of {size:,} bytes")
        if partial.size < HEAD_BYTES:
            _judge_head(partial)

    def _check_size(self, size: int) -> None:
        if size > self.manners.largest_bytes:
            raise too_large(size, self.manners.largest_bytes)

    def _too_slow(self, here: int) -> MoodError:
        return MoodError(
            "link_too_slow",
            f"After {self.manners.longest_s:.0f} s only {here:,} bytes are here; the same command goes on from there.",
        )


def too_large(size: int, allowed: int) -> MoodError:
    found = f"The file has {size / 1e6:.0f} MB or more; up to {allowed / 1e6:g} MB are allowed"
    return MoodError("file_too_large", f"{found}; say --largest-mb for more.")


def _next_chunk(answer: requests.Response) -> bytes:
    """What has come, at least one byte, as soon as it is here; nothing at the end."""
    try:
        return answer.raw.read1(CHUNK, decode_content=True)
    except HTTPError as error:
        raise BrokenOff("link_broken_off", f"{host_of(answer.url)} broke off, or fell silent") from error


def _judge_head(partial: Partial) -> None:
    """Raises MoodError("not_audio"), after 4 KB and not after 400 MB."""
    try:
        recognise(partial.head(HEAD_BYTES))
    except MoodError as error:
        raise MoodError(error.code, f"The link leads to no sound: {error.message}") from error


def _given_up(broken: BrokenOff, attempts: int, partial: Partial) -> MoodError:
    tried = "" if attempts == 1 else f", {attempts} times over"
    kept = f"; {partial.size:,} bytes are kept, and the same command goes on from there" if partial.size else ""
    return MoodError(broken.code, f"{broken}{tried}{kept or '; try again later, or mend the link'}.")
