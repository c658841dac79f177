"""ID3v2 tags frame by frame, so that the frames that are not changed keep their bytes.

mutagen understands every frame and writes all of them again: version 2.3 in the words of 2.4, ID3v1 from ID3v2, two
frames of the same kind as one. Structure of the tag as in the specifications of versions 2.2, 2.3 and 2.4.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ml.audio.mpeg_frames import id3_tag_bytes
from ml.errors import MoodError

HEADER_BYTES = 10
NEW_PADDING_BYTES = 1024
"""Behind the frames of a tag that had to grow, so that the next change needs no other place."""

UNSYNCHRONISED, EXTENDED, FOOTER = 0x80, 0x40, 0x10
"""Flags of the tag; versions 2.3 and 2.4."""
COMPRESSED, ENCRYPTED, FRAME_UNSYNCHRONISED, HAS_LENGTH, GROUPED = 0x08, 0x04, 0x02, 0x01, 0x40
"""Flags of a frame in version 2.4."""
ANY_CODING = {2: 0, 3: 0xE0, 4: 0x4F}
"""By version, the flags of a frame whose content is not plain."""

LATIN_1, UTF_16, UTF_16_BE, UTF_8 = range(4)
ENCODINGS = {LATIN_1: "latin-1", UTF_16: "utf-16", UTF_16_BE: "utf-16-be", UTF_8: "utf-8"}
USER_TEXT = {2: b"TXX", 3: b"TXXX", 4: b"TXXX"}
NAME = {2: re.compile(rb"[A-Z][A-Z0-9]{2}"), 3: re.compile(rb"[A-Z][A-Z0-9]{2}[A-Z0-9 \0]")}


@dataclass(frozen=True)
class Frame:
    name: bytes
    flags: int
    content: bytes
    raw: bytes
    """Header and content as they are in the tag."""


@dataclass(frozen=True)
class Id3Tag:
    """A tag of a file; `size` is that of all of it in bytes, with header, padding and footer."""

    version: int
    is_unsynchronised: bool
    frames: tuple[Frame, ...]
    size: int
    plain_sizes: bool = False
    """Version 2.4 with sizes of frames as version 2.3 has them, as iTunes wrote it."""

    def with_frames(self, frames: Sequence[Frame]) -> Id3Tag:
        return replace(self, frames=tuple(frames))

    def render(self) -> bytes:
        """In `size` bytes, or in more where the frames need them. Without extended header and footer."""
        payload = b"".join(frame.raw for frame in self.frames)
        if self.is_unsynchronised and self.version < 4:
            payload = re.sub(rb"\xff(?=[\xe0-\xff\x00])", b"\xff\x00", payload)
            payload += b"\0" if payload.endswith(b"\xff") else b""
        room = self.size - HEADER_BYTES
        length = room if len(payload) <= room else len(payload) + NEW_PADDING_BYTES
        flags = UNSYNCHRONISED if self.is_unsynchronised else 0
        return b"ID3" + bytes([self.version, 0, flags]) + _synchsafe(length) + payload.ljust(length, b"\0")


NO_TAG = Id3Tag(version=4, is_unsynchronised=False, frames=(), size=0)


def parse_id3(data: bytes) -> Id3Tag:
    """The tag with which `data` begins. Raises MoodError (tags_damaged, tags_unsupported)."""
    size = id3_tag_bytes(data)
    if size is None or len(data) < size:
        raise damaged()
    version, flags = data[3], data[5]
    if version not in NAME and version != 4:
        raise MoodError("tags_unsupported", f"Its ID3 tag has version 2.{version}; moods are written to 2.2 to 2.4.")
    if version == 2 and flags & 0x40:
        raise MoodError("tags_unsupported", "Its ID3 tag is compressed as a whole, as no program does: write it anew.")
    payload = data[HEADER_BYTES : size - (HEADER_BYTES if flags & FOOTER and version == 4 else 0)]
    is_unsynchronised = bool(flags & UNSYNCHRONISED)
    if is_unsynchronised and version < 4:
        payload = payload.replace(b"\xff\x00", b"\xff")
    if flags & EXTENDED and version > 2:
        payload = payload[_extended_header_bytes(payload, version) :]
    for plain_sizes in (False, True) if version == 4 else (True,):
        frames = _frames(payload, version, plain_sizes)
        if frames is not None:
            return Id3Tag(version, is_unsynchronised, tuple(frames), size, plain_sizes and version == 4)
    raise damaged()


def text_of(frame: Frame, tag: Id3Tag) -> list[str] | None:
    """The texts of a text frame, of user text its description first; None where it is coded in a way not read here."""
    content = _plain(frame, tag)
    if not content or content[0] not in ENCODINGS:
        return None
    encoding = ENCODINGS[content[0]]
    is_wide = content[0] in (UTF_16, UTF_16_BE)
    texts = []
    for part in _split(content[1:], 2 if is_wide else 1):
        if content[0] == UTF_16 and not part.startswith((b"\xff\xfe", b"\xfe\xff")):
            part = b"\xff\xfe" + part  # only the first text has to have a mark
        texts.append(part.decode(encoding, "replace"))
    return texts[:-1] if len(texts) > 1 and not texts[-1] else texts


def text_frame(tag: Id3Tag, name: bytes, texts: Sequence[str]) -> Frame:
    """A text frame for this tag; of user text, the description is the first text."""
    joined = "\0".join(texts)
    if tag.version == 4:
        content = bytes([UTF_8]) + joined.encode()
    elif joined.isascii():
        content = bytes([LATIN_1]) + joined.encode()
    else:
        content = bytes([UTF_16]) + b"\0\0".join(b"\xff\xfe" + text.encode("utf-16-le") for text in texts)
    if tag.version == 2:
        return Frame(name, 0, content, name + len(content).to_bytes(3, "big") + content)
    synchsafe = tag.version == 4 and not tag.plain_sizes
    size = _synchsafe(len(content)) if synchsafe else len(content).to_bytes(4, "big")
    return Frame(name, 0, content, name + size + b"\0\0" + content)


def damaged() -> MoodError:
    return MoodError("tags_damaged", "Its tags are damaged, so that nothing is written to it: repair them first.")


def _frames(payload: bytes, version: int, plain_sizes: bool) -> list[Frame] | None:
    """None if the frames do not follow each other up to the padding."""
    head, name_bytes = (6, 3) if version == 2 else (10, 4)
    frames, at = [], 0
    while at + head <= len(payload) and payload[at]:
        name = payload[at : at + name_bytes]
        field = payload[at + name_bytes : at + 2 * name_bytes]
        size = int.from_bytes(field, "big") if plain_sizes or version == 2 else _size(field)
        if size is None or not NAME[min(version, 3)].fullmatch(name) or at + head + size > len(payload):
            return None
        flags = 0 if version == 2 else payload[at + 9]
        frames.append(Frame(name, flags, payload[at + head : at + head + size], payload[at : at + head + size]))
        at += head + size
    return frames


def _plain(frame: Frame, tag: Id3Tag) -> bytes | None:
    """The content of a frame without the codings of version 2.4; None for those that are not read here."""
    content, flags = frame.content, frame.flags & ANY_CODING[tag.version]
    if tag.version < 4:
        return None if flags else content
    if flags & ENCRYPTED:
        return None
    content = content[(1 if flags & GROUPED else 0) + (4 if flags & HAS_LENGTH else 0) :]
    if flags & FRAME_UNSYNCHRONISED or tag.is_unsynchronised:
        content = content.replace(b"\xff\x00", b"\xff")
    if flags & COMPRESSED:
        try:
            content = zlib.decompressobj().decompress(content, 1 << 20)
        except zlib.error:
            return None
    return content


def _split(content: bytes, width: int) -> Iterator[bytes]:
    """At zeros of so many bytes, aligned."""
    start = 0
    for at in range(0, len(content) - width + 1, width):
        if content[at : at + width] == bytes(width):
            yield content[start:at]
            start = at + width
    yield content[start:]


def _extended_header_bytes(payload: bytes, version: int) -> int:
    """Its size field counts itself in version 2.4 only."""
    size = _size(payload[:4]) if version == 4 else int.from_bytes(payload[:4], "big") + 4
    if size is None or not 6 <= size <= len(payload):
        raise damaged()
    return size


def _size(field: bytes) -> int | None:
    """A synchsafe integer; None if it is none."""
    if max(field, default=128) > 127:
        return None
    return int.from_bytes(field[:1]) << 21 | field[1] << 14 | field[2] << 7 | field[3]


def _synchsafe(size: int) -> bytes:
    if size >= 1 << 28:
        raise MoodError("tags_too_large", "Its tags have more than 256 MB, which is all that ID3 can have.")
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
