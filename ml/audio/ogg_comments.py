"""The comment packets of an Ogg file. Format: RFC 3533, and RFC 7845 for Opus."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MAX_PAGES = 20_000
"""Pages that are read to find the comments: enough for 1 GB, as each has at most 65,307 bytes."""
MAX_STREAMS = 100
MAX_CHECKSUM_BYTES = 65_307

PREFIXES = (b"\x03vorbis", b"OpusTags", b"\x81theora")
"""What precedes the comments of a codec. Those of Speex have nothing, those of FLAC the header of its block."""


@dataclass(frozen=True)
class CommentPacket:
    """The second packet of a stream."""

    size: int
    """Bytes."""
    comments: int
    """As the packet states."""
    hidden_by: dict[int, bytes]
    """By offset, the bytes in place of which the packet has no comments. The checksum of their page is right."""


@dataclass
class _Stream:
    packets: int = 0
    """Complete ones."""
    is_flac: bool = False
    size: int = 0
    comments: int = 0
    hidden_by: dict[int, bytes] | None = None


def ogg_comments(file: BinaryIO, start: int) -> Iterator[CommentPacket]:
    """The comment packet of every stream that begins at the start of the file."""
    streams: dict[bytes, _Stream] = {}
    at = start
    for _ in range(MAX_PAGES):
        file.seek(at)
        header = file.read(27)
        if len(header) < 27 or header[:4] != b"OggS":
            return
        lacing = file.read(header[26])
        body_at, body_bytes = at + 27 + len(lacing), sum(lacing)
        serial, is_first = header[14:18], header[5] & 2
        if is_first and serial not in streams and len(streams) < MAX_STREAMS:
            streams[serial] = _Stream(is_flac=file.read(5) == b"\x7fFLAC")
        stream = streams.get(serial)
        if stream is not None:
            yield from _read_page(file, stream, at, lacing, body_at)
        if not is_first and all(stream.packets > 1 for stream in streams.values()):
            return
        at = body_at + body_bytes


def _read_page(file: BinaryIO, stream: _Stream, page: int, lacing: bytes, at: int) -> Iterator[CommentPacket]:
    for value in lacing:
        if stream.packets == 1:
            if stream.hidden_by is None:
                stream.comments, stream.hidden_by = _comments(file, page, lacing, at, stream.is_flac)
            stream.size += value
        at += value
        if value < 255:  # the packet ends
            stream.packets += 1
            if stream.packets == 2 and stream.hidden_by is not None:
                yield CommentPacket(stream.size, stream.comments, stream.hidden_by)


def _comments(file: BinaryIO, page: int, lacing: bytes, at: int, is_flac: bool) -> tuple[int, dict[int, bytes]]:
    """The number of comments in the packet at this offset, and the bytes that hide them."""
    file.seek(at)
    head = file.read(9)
    at += 4 if is_flac else next((len(prefix) for prefix in PREFIXES if head.startswith(prefix)), 0)
    file.seek(at)
    vendor_bytes = int.from_bytes(file.read(4), "little")
    file.seek(vendor_bytes, os.SEEK_CUR)
    count = int.from_bytes(file.read(4), "little")
    # No name of a program, and no comments after it.
    patches = {at: bytes(8)}
    size = 27 + len(lacing) + sum(lacing)
    file.seek(page)
    content = bytearray(file.read(min(size, MAX_CHECKSUM_BYTES)))
    content[at - page : at - page + 8] = bytes(8)
    content[22:26] = bytes(4)
    return count, patches | {page + 22: ogg_checksum(bytes(content[:size])).to_bytes(4, "little")}


REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def ogg_checksum(page: bytes) -> int:
    """The CRC of Ogg: the polynomial of zlib's, but the highest bit first, and neither start nor end inverted."""
    reflected = zlib.crc32(page.translate(REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{reflected:032b}"[::-1], 2)
