"""What reading an ID3v2 tag costs, from the headers of its frames, before any library inflates it.

A frame may be compressed by zlib, up to a thousandfold, and neither mutagen nor FFmpeg limits what comes out.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

COMPRESSED = {3: 0x0080, 4: 0x0008}
"""The flag of a compressed frame by the version of the tag; version 2 has none."""
UNSYNCHRONISED = 0x80
NESTING = (b"CHAP", b"CTOC")
"""Frames that contain frames."""
NESTED_FROM = 17
"""At least where they begin in a chapter: after a name, its NUL, and four numbers."""
MAX_PREFIX_BYTES = 6
"""The size, the encryption method and the group that may precede compressed data."""
INFLATE_BYTES = 1 << 16


@dataclass(frozen=True)
class Id3Cost:
    """At least what a reader handles."""

    frames: int = 0
    inflated_bytes: int = 0
    """What comes out of compressed frames."""

    def __add__(self, other: Id3Cost) -> Id3Cost:
        return Id3Cost(self.frames + other.frames, self.inflated_bytes + other.inflated_bytes)


def id3_cost(header: bytes, payload: bytes, *, max_frames: int, max_inflated_bytes: int) -> Id3Cost:
    """The cost of a tag, from its ten-byte `header` and the bytes after it; stops counting above the maxima.

    Where readers differ, in the sizes of version 4 or behind an extended header, it is the most that any of them finds.
    """
    version, flags = header[3], header[5]
    if version == 2:
        return Id3Cost(_short_frames(payload, max_frames))
    if flags & UNSYNCHRONISED:
        payload = payload.replace(b"\xff\x00", b"\xff")
    starts = {0}
    if flags & 0x40 and len(payload) >= 4:
        starts |= {4 + int.from_bytes(payload[:4], "big"), _synchsafe(payload[:4])}
    walks = [
        _walk(payload[start:], version, synchsafe, max_frames, max_inflated_bytes)
        for start in starts
        for synchsafe in ((False, True) if version == 4 else (False,))
    ]
    return Id3Cost(max(walk.frames for walk in walks), max(walk.inflated_bytes for walk in walks))


def _walk(data: bytes, version: int, synchsafe: bool, max_frames: int, max_inflated_bytes: int) -> Id3Cost:
    view, at, frames, inflated_bytes = memoryview(data), 0, 0, 0
    while at + 10 <= len(view) and frames <= max_frames and inflated_bytes <= max_inflated_bytes:
        name, size_field = bytes(view[at : at + 4]), bytes(view[at + 4 : at + 8])
        if not any(name):
            break  # padding
        size = _synchsafe(size_field) if synchsafe else int.from_bytes(size_field, "big")
        frame_flags = int.from_bytes(view[at + 8 : at + 10], "big")
        frame = view[at + 10 : at + 10 + size]
        frames += 1
        at += 10 + size
        if frame_flags & COMPRESSED.get(version, 0):
            # No program is known to compress frames that contain others, which could be compressed again.
            inflated_bytes += max_inflated_bytes + 1 if name in NESTING else _inflated(frame, max_inflated_bytes)
        elif name in NESTING:
            inner = bytes(frame).partition(b"\0")[2][NESTED_FROM - 1 :]
            nested = _walk(inner, version, synchsafe, max_frames - frames, max_inflated_bytes - inflated_bytes)
            frames, inflated_bytes = frames + nested.frames, inflated_bytes + nested.inflated_bytes
    return Id3Cost(frames, inflated_bytes)


def _short_frames(payload: bytes, max_frames: int) -> int:
    """The number of frames of version 2, whose headers have six bytes."""
    at = frames = 0
    while at + 6 <= len(payload) and any(payload[at : at + 3]) and frames <= max_frames:
        at += 6 + int.from_bytes(payload[at + 3 : at + 6], "big")
        frames += 1
    return frames


def _inflated(frame: memoryview, most: int) -> int:
    """How many bytes come out of compressed data, wherever it begins; counting stops above `most`."""
    whole = bytes(frame)
    counts = [0]
    for data in {whole, whole.replace(b"\xff\x00", b"\xff")}:
        counts += [_inflated_from(data[start:], most) for start in range(MAX_PREFIX_BYTES + 1)]
    return max(counts)


def _inflated_from(data: bytes, most: int) -> int:
    inflater, count = zlib.decompressobj(), 0
    try:
        while data and count <= most and not inflater.eof:
            count += len(inflater.decompress(data, INFLATE_BYTES))
            data = inflater.unconsumed_tail
    except zlib.error:
        pass  # what came out before the damage counts
    return count


def _synchsafe(field: bytes) -> int:
    size = 0
    for byte in field:
        size = size << 7 | byte & 0x7F
    return size
