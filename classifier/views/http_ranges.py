"""Which part of a file a request asks for, as RFC 9110 (sections 13.1.5 and 14) has it. Pure: no files, no Django."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

_ONE_RANGE = re.compile(r"\s*(\d{0,19})\s*-\s*(\d{0,19})\s*")


class Unsatisfiable(Exception):
    """No byte of the file lies in the range that was asked for."""


@dataclass(frozen=True)
class ByteRange:
    """Bytes first..last of a file, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    def content_range(self, size: int) -> str:
        return f"bytes {self.first}-{self.last}/{size}"


def requested_range(header: str | None, size: int) -> ByteRange | None:
    """The range of a Range header, or None where the whole file is the right answer.

    Malformed headers and other units are ignored, as the RFC asks. So are requests for several ranges, which it
    allows: no browser's player sends them, and many small ones are a known way to make a server work hard.
    """
    if not header:
        return None
    unit, _, ranges = header.partition("=")
    if unit.strip().lower() != "bytes" or "," in ranges:
        return None
    match = _ONE_RANGE.fullmatch(ranges)
    if match is None:
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        return _suffix(int(last), size)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise Unsatisfiable
    return ByteRange(int(first), min(int(last), size - 1) if last else size - 1)


def _suffix(length: int, size: int) -> ByteRange:
    if length == 0 or size == 0:
        raise Unsatisfiable
    return ByteRange(max(size - length, 0), size - 1)


def range_still_valid(if_range: str | None, etag: str, last_modified: datetime) -> bool:
    """Whether If-Range names the file as it is now; if not, the part asked for belongs to an older file."""
    if not if_range:
        return True
    if_range = if_range.strip()
    if if_range.startswith(("W/", '"')):
        return if_range == etag and not etag.startswith("W/")
    try:
        date = parsedate_to_datetime(if_range)
    except (TypeError, ValueError):
        return False
    return date.tzinfo is not None and date == last_modified.replace(microsecond=0)
