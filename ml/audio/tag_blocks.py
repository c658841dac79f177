"""Where the tags of a file are, and what reading them costs, from the headers of its blocks and without any library.

FFmpeg reads all tags when it opens a file, with a time that grows with the square of their number, and has no limit.
Each block comes with bytes that make it skip the block.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import BinaryIO

from ml.audio.id3_cost import Id3Cost, id3_cost
from ml.audio.mpeg_frames import id3_tag_bytes
from ml.audio.ogg_comments import ogg_comments
from ml.audio.sniffing import HEAD_BYTES, container_of

MAX_TAG_BYTES = 64_000_000
"""All tags and pictures of a file together. Large scans of a booklet have 30 MB."""
MAX_INFLATED_BYTES = 16_000_000
"""What compressed ID3 frames may contain."""
MAX_TAGS = 5_000
"""Tags, pictures and chapters of a file. FFmpeg takes 0.3 s for as many, and minutes for 80,000."""
MAX_BLOCKS = 100_000
"""Blocks of a file that are visited."""
MAX_DEPTH = 4
"""Of blocks inside blocks."""
MAX_FLV_SCRIPT_BYTES = 128_000
"""The metadata of an FLV file, mostly an index of its pictures."""


@dataclass(frozen=True)
class TagBlock:
    """A block of tags."""

    size: int
    """Bytes, at least."""
    tags: int
    hidden_by: Mapping[int, bytes]
    """By offset, the bytes in place of which a reader skips the block. The length of the file stays."""
    inflated_bytes: int = 0


def hiding_patches(path: str | os.PathLike[str], start: int) -> dict[int, bytes]:
    """The bytes by offset that hide all tags of the audio from `start` on; none if the tags are within the limits."""
    with open(path, "rb") as file:
        blocks = list(tag_blocks(file, start))
    if within_limits(blocks):
        return {}
    return {offset: content for block in blocks for offset, content in block.hidden_by.items()}


def within_limits(blocks: list[TagBlock]) -> bool:
    return (
        sum(block.size for block in blocks) <= MAX_TAG_BYTES
        and sum(block.tags for block in blocks) <= MAX_TAGS
        and sum(block.inflated_bytes for block in blocks) <= MAX_INFLATED_BYTES
    )


def id3_block(file: BinaryIO, offset: int, hidden_by: Mapping[int, bytes] | None = None) -> TagBlock | None:
    """The ID3v2 tag at this offset; None if there is none."""
    end = file.seek(0, os.SEEK_END)
    file.seek(min(offset, end))
    header = file.read(10)
    size = id3_tag_bytes(header)
    if size is None:
        return None
    size = min(size, end - offset)
    cost = Id3Cost()
    if size <= MAX_TAG_BYTES:
        cost = id3_cost(header, file.read(size - 10), max_frames=MAX_TAGS, max_inflated_bytes=MAX_INFLATED_BYTES)
    return TagBlock(size, cost.frames, hidden_by or {}, cost.inflated_bytes)


def tag_blocks(file: BinaryIO, start: int) -> Iterator[TagBlock]:
    """The blocks of the file from `start` on, except ID3 tags at its beginning."""
    file.seek(start)
    container = container_of(file.read(HEAD_BYTES))
    if container in WALKS:
        yield from WALKS[container](file, start)
    yield from _apev2(file)


def chunks(
    file: BinaryIO, at: int, size_bytes: int, order: str, padded: bool = True
) -> Iterator[tuple[int, bytes, int]]:
    """Offset of the header, name and size of each chunk."""
    end = file.seek(0, os.SEEK_END)
    for _ in range(MAX_BLOCKS):
        if at >= end:
            return
        file.seek(at)
        header = file.read(4 + size_bytes)
        if len(header) < 4 + size_bytes:
            return
        size = int.from_bytes(header[4:], order)  # type: ignore[arg-type]
        yield at, header[:4], min(size, end - at)
        at += 4 + size_bytes + size + (size % 2 if padded else 0)


def _riff(file: BinaryIO, start: int) -> Iterator[TagBlock]:
    for at, name, size in chunks(file, start + 12, 4, "little"):
        hidden_by = {at: b"JUNK"}
        if name.lower() == b"id3 " and (block := id3_block(file, at + 8, hidden_by)):
            yield block
        elif name == b"LIST":
            file.seek(at + 8)
            if file.read(4) == b"INFO":
                yield TagBlock(size, _chunk_count(file, at + 12, at + 8 + size), hidden_by)


def _chunk_count(file: BinaryIO, at: int, end: int) -> int:
    return sum(1 for _ in takewhile(lambda chunk: chunk[0] < end, chunks(file, at, 4, "little")))


def _aiff(file: BinaryIO, start: int) -> Iterator[TagBlock]:
    for at, name, _ in chunks(file, start + 12, 4, "big"):
        if name == b"ID3 " and (block := id3_block(file, at + 8, {at: b"JUNK"})):
            yield block


def _dsdiff(file: BinaryIO, start: int) -> Iterator[TagBlock]:
    for at, name, _ in chunks(file, start + 16, 8, "big"):
        if name == b"ID3 " and (block := id3_block(file, at + 12, {at: b"JUNK"})):
            yield block


def _dsf(file: BinaryIO, start: int) -> Iterator[TagBlock]:
    file.seek(start + 20)
    at = start + int.from_bytes(file.read(8), "little")
    if at > start and (block := id3_block(file, at, {start + 20: bytes(8)})):
        yield block


def _flac(file: BinaryIO, start: int) -> Iterator[TagBlock]:
    comments, picture, padding = 4, 6, 1
    at = start + 4
    for _ in range(MAX_BLOCKS):
        file.seek(at)
        header = file.read(4)
        if len(header) < 4:
            return
        last, kind, size = header[0] & 0x80, header[0] & 0x7F, int.from_bytes(header[1:], "big")
        if kind in (comments, picture):
            tags = _vorbis_comments(file) if kind == comments else 1
            yield TagBlock(size, tags, {at: bytes([last | padding])})
        if last:
            return
        at += 4 + size


def _vorbis_comments(file: BinaryIO) -> int:
    """The number of comments in the block that begins here, as it states."""
    file.seek(int.from_bytes(file.read(4), "little"), os.SEEK_CUR)
    return int.from_bytes(file.read(4), "little")


def _ogg(file: BinaryIO, start: int) -> Iterator[TagBlock]:
    for packet in ogg_comments(file, start):
        yield TagBlock(packet.size, packet.comments, packet.hidden_by)


def _caf(file: BinaryIO, start: int) -> Iterator[TagBlock]:
    for at, name, size in chunks(file, start + 8, 8, "big", padded=False):
        if name == b"info":
            file.seek(at + 12)
            yield TagBlock(size, int.from_bytes(file.read(4), "big"), {at: b"free"})


def _mp4(file: BinaryIO, start: int) -> Iterator[TagBlock]:
    yield from _mp4_between(file, start, file.seek(0, os.SEEK_END))


def _mp4_between(file: BinaryIO, start: int, end: int, depth: int = 0) -> Iterator[TagBlock]:
    for at, name, body, stop in _atoms(file, start, end):
        if name in (b"moov", b"trak") and depth < MAX_DEPTH:
            yield from _mp4_between(file, body, stop, depth + 1)
        elif name in (b"udta", b"meta"):
            yield TagBlock(stop - at, _atom_count(file, body, stop), {at + 4: b"free"})


def _atoms(file: BinaryIO, at: int, end: int) -> Iterator[tuple[int, bytes, int, int]]:
    """Offset, name, start of the body and end of each atom."""
    for _ in range(MAX_BLOCKS):
        if at + 8 > end:
            return
        file.seek(at)
        header = file.read(16)
        size, head = int.from_bytes(header[:4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(header[8:], "big"), 16
        elif size == 0:
            size = end - at
        if size < head:
            return
        yield at, header[4:8], at + head, min(at + size, end)
        at += size


def _atom_count(file: BinaryIO, start: int, end: int, depth: int = 0) -> int:
    """The number of atoms in an atom of tags."""
    count = 0
    for _, name, body, stop in _atoms(file, start, end):
        count += 1
        if name == b"keys":
            file.seek(body + 4)
            count += int.from_bytes(file.read(4), "big")
        elif name in (b"meta", b"ilst") and depth < MAX_DEPTH:
            # The atom "meta" has four bytes before the atoms in it, except in QuickTime files.
            count += max(
                _atom_count(file, body + skipped, stop, depth + 1) for skipped in ((0, 4) if name == b"meta" else (0,))
            )
        if count > MAX_TAGS:
            break
    return count


ASF_HEADER_EXTENSION = bytes.fromhex("b503bf5f2ea9cf118ee300c00c205365")
ASF_CONTENT = bytes.fromhex("3326b2758e66cf11a6d900aa0062ce6c")
ASF_TAGS = {
    bytes.fromhex(guid)
    for guid in (
        "40a4d0d207e3d21197f000a0c95ea850",
        "eacbf8c5af5b77488467aa8c44fa4cca",
        "941c23449894d149a1411d134e457054",
    )
}
"""The extended content description, the metadata and the metadata library: a number, and as many tags."""


def _asf(file: BinaryIO, start: int) -> Iterator[TagBlock]:
    file.seek(start + 16)
    size = int.from_bytes(file.read(8), "little")
    yield from _asf_between(file, start + 30, min(start + size, file.seek(0, os.SEEK_END)))


def _asf_between(file: BinaryIO, at: int, end: int, depth: int = 0) -> Iterator[TagBlock]:
    for _ in range(MAX_BLOCKS):
        if at + 26 > end:
            return
        file.seek(at)
        header = file.read(26)
        guid, size = header[:16], int.from_bytes(header[16:24], "little")
        if size < 24:
            return
        if guid == ASF_HEADER_EXTENSION and depth < MAX_DEPTH:
            yield from _asf_between(file, at + 46, min(at + size, end), depth + 1)
        elif guid in ASF_TAGS or guid == ASF_CONTENT:
            tags = 5 if guid == ASF_CONTENT else int.from_bytes(header[24:26], "little")
            yield TagBlock(size, tags, {at: bytes([guid[0] ^ 0xFF])})
        at += size


EBML_SEGMENT, EBML_TAGS, EBML_ATTACHMENTS = b"\x18\x53\x80\x67", b"\x12\x54\xc3\x67", b"\x19\x41\xa4\x69"
EBML_PARTS = {EBML_TAGS: b"\x67\xc8", EBML_ATTACHMENTS: b"\x61\xa7"}
"""The id of each tag and of each attached file in their blocks."""
EBML_VOID = 0xEC


def _matroska(file: BinaryIO, start: int) -> Iterator[TagBlock]:
    at, end = start, file.seek(0, os.SEEK_END)
    for _ in range(MAX_BLOCKS):
        file.seek(min(at, end))
        header = file.read(12)
        if len(header) < 2 or not header[0]:
            return
        id_bytes = 9 - header[0].bit_length()
        size_bytes = 9 - header[id_bytes].bit_length() if len(header) > id_bytes and header[id_bytes] else 0
        if not 1 <= size_bytes <= 8:
            return
        name, head = header[:id_bytes], id_bytes + size_bytes
        size = int.from_bytes(header[id_bytes:head], "big") & ((1 << 7 * size_bytes) - 1)
        if name == EBML_SEGMENT:
            at += head  # continue inside
            continue
        if size == (1 << 7 * size_bytes) - 1:
            return  # unknown, as in recorded broadcasts
        if name in EBML_PARTS:
            file.seek(at + head)
            tags = file.read(size).count(EBML_PARTS[name]) if size <= MAX_TAG_BYTES else 0
            yield TagBlock(min(size, end - at), tags, {at: _void(head + size, head)})
        at += head + size


def _void(whole: int, head: int) -> bytes:
    """The header of an element of `whole` bytes that readers skip, in at most `head` bytes."""
    size_bytes = min(8, head - 1)
    return bytes([EBML_VOID]) + (1 << 7 * size_bytes | whole - 1 - size_bytes).to_bytes(size_bytes, "big")


def _flv(file: BinaryIO, start: int) -> Iterator[TagBlock]:
    script = 18
    file.seek(start + 13)
    header = file.read(4)
    size = int.from_bytes(header[1:], "big")
    if header[:1] == bytes([script]):
        # Its parts cannot be counted without reading them.
        tags = MAX_TAGS + 1 if size > MAX_FLV_SCRIPT_BYTES else 1
        yield TagBlock(size, tags, {start + 13: b"\x0f"})


def _apev2(file: BinaryIO) -> Iterator[TagBlock]:
    """At the end of the file."""
    end = file.seek(0, os.SEEK_END)
    if end < 32:
        return
    file.seek(end - 32)
    footer = file.read(32)
    if footer.startswith(b"APETAGEX"):
        size, tags = int.from_bytes(footer[12:16], "little"), int.from_bytes(footer[16:20], "little")
        yield TagBlock(min(size, end), tags, {end - 16: bytes(4)})


WALKS: dict[str | None, Callable[[BinaryIO, int], Iterator[TagBlock]]] = {
    "wav": _riff,
    "avi": _riff,
    "aiff": _aiff,
    "dsdiff": _dsdiff,
    "dsf": _dsf,
    "flac": _flac,
    "ogg": _ogg,
    "caf": _caf,
    "mp4": _mp4,
    "asf": _asf,
    "matroska": _matroska,
    "webm": _matroska,
    "flv": _flv,
}
"""By the container, as `ml.audio.sniffing` names it."""
