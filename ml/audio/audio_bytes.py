"""Which bytes of a file are its audio, for formats whose audio can be told from the tags around it by their headers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO

from ml.audio.mpeg_frames import find_mpeg_frames
from ml.audio.padding import after_tags_and_zeros
from ml.audio.sniffing import HEAD_BYTES, container_of
from ml.audio.tag_blocks import MAX_BLOCKS, chunks

STREAMS = {
    "mp3", "adts", "ac3", "dts", "amr", "au", "flac", "wavpack", "ape", "tta", "tak", "musepack", "shorten", "mpeg-ps",
    "mpeg-ts",
}  # fmt: skip
"""Containers of `ml.audio.sniffing` that are one run of audio, with all tags before or behind it."""
MAX_TRAILING_TAGS = 10

STREAMINFO = 0
"""The block of a FLAC file with its sample rate, channels, length and checksum."""

Part = tuple[int, int]
"""Offsets of the first byte and behind the last one."""


def audio_parts(file: BinaryIO) -> tuple[str, list[Part]] | None:
    """The container, and the parts of the file that hold the coded audio and what decoding it needs, in order.

    None where the headers alone do not tell: Ogg, MP4, ASF, Matroska and other containers that interleave packets, and
    files that are damaged or no audio.
    """
    start = after_tags_and_zeros(file)[0]
    file.seek(start)
    head = file.read(HEAD_BYTES)
    container = container_of(head)
    if container == "wav":
        return _complete(container, list(_riff_parts(file, start)))
    if container == "aiff":
        return _complete(container, list(_aiff_parts(file, start)))
    if container not in STREAMS:
        return None
    end = before_trailing_tags(file, start)
    if container == "mp3":
        start += find_mpeg_frames(head) or 0  # junk between the tag and the first frame
    parts = list(_flac_parts(file, start, end)) if container == "flac" else [(start, end)]
    return _complete(container, parts)


def _complete(container: str, parts: list[Part]) -> tuple[str, list[Part]] | None:
    return (container, parts) if parts and all(first < end for first, end in parts) else None


def _riff_parts(file: BinaryIO, start: int) -> Iterator[Part]:
    """The chunks "fmt " and "data". In files above 4 GB the size of the data is in "ds64"."""
    size_64 = 0
    for at, name, size in chunks(file, start + 12, 4, "little"):
        if name == b"ds64":
            file.seek(at + 16)
            size_64 = int.from_bytes(file.read(8), "little")
        elif name == b"fmt ":
            yield at + 8, at + 8 + size
        elif name == b"data":
            end = file.seek(0, os.SEEK_END)
            file.seek(at + 4)
            stated = int.from_bytes(file.read(4), "little")
            if stated in (0, 0xFFFFFFFF):  # unknown when the header was written: up to the end
                yield at + 8, min(at + 8 + size_64, end) if size_64 else end
                return
            yield at + 8, at + 8 + size


def _aiff_parts(file: BinaryIO, start: int) -> Iterator[Part]:
    for at, name, size in chunks(file, start + 12, 4, "big"):
        if name in (b"COMM", b"SSND"):
            yield at + 8, at + 8 + size


def _flac_parts(file: BinaryIO, start: int, end: int) -> Iterator[Part]:
    """STREAMINFO and the frames; no comments, pictures, seek table or padding."""
    at = start + 4
    for _ in range(MAX_BLOCKS):
        file.seek(at)
        header = file.read(4)
        if len(header) < 4:
            return
        behind = at + 4 + int.from_bytes(header[1:], "big")
        if header[0] & 0x7F == STREAMINFO:
            yield at + 4, behind
        at = behind
        if header[0] & 0x80:  # the last one
            yield at, end
            return


def before_trailing_tags(file: BinaryIO, start: int) -> int:
    """Where the audio that begins at `start` ends: before ID3v1, APEv2, Lyrics3 and ID3v2.4 tags at the end."""
    end = file.seek(0, os.SEEK_END)
    for _ in range(MAX_TRAILING_TAGS):
        size = _trailing_tag_bytes(file, end)
        if not 0 < size <= end - start:
            break
        end -= size
    return end


def _trailing_tag_bytes(file: BinaryIO, end: int) -> int:
    """The length of the tag that ends at this offset; 0 if there is none."""
    if end < 256:
        return 0
    file.seek(end - 256)
    tail = file.read(256)
    if tail[128:131] == b"TAG":
        return 128
    if tail[224:232] == b"APETAGEX":
        size, flags = int.from_bytes(tail[236:240], "little"), int.from_bytes(tail[244:248], "little")
        return size + (32 if flags & 0x80000000 else 0)  # the size is without a header
    if tail.endswith(b"LYRICS200") and tail[241:247].isdigit():
        return int(tail[241:247]) + 15
    if tail.endswith(b"LYRICSEND"):
        file.seek(max(0, end - 5_120))  # a tag of this version is not longer, and has no size
        content = file.read(end - max(0, end - 5_120))
        begin = content.rfind(b"LYRICSBEGIN")
        return len(content) - begin if begin >= 0 else 0
    if tail[246:249] == b"3DI":  # the footer of an ID3v2.4 tag at the end; its size is without header and footer
        size = 0
        for byte in tail[252:256]:
            size = size << 7 | byte & 0x7F
        return size + 20
    return 0
