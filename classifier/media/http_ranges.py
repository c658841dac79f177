"""The headers Range and If-Range of RFC 9110, sections 13.1.5 and 14. Pure functions of header values."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

_ONE_RANGE = re.compile(r"\s*(\d{0,19})\s*-\s*(\d{0,19})\s*")


class Unsatisfiable(Exception):
    """The requested range contains no byte of the file."""


@dataclass(frozen=True)
class ByteRange:
    """Bytes `first` to `last` of a file, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    def content_range(self, size: int) -> str:
        return f"bytes {self.first}-{self.last}/{size}"


def requested_range(header: str | None, size: int) -> ByteRange | None:
    """The range of a Range header, or None if the response is the whole file.

    Ignores malformed headers and other units, as the RFC requires. Ignores requests for several ranges too, as it
    allows: no browser's player sends them, and many small ranges are a known denial-of-service attack.
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
    """Whether If-Range names the current file. If not, the requested range belongs to an older one."""
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
