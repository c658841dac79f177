"""Where the ID3 tag of a file is or belongs, and the file with another tag, as parts of the old file and new bytes."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

import mutagen.id3

from ml.audio.audio_bytes import before_trailing_tags
from ml.audio.mpeg_frames import id3_tag_bytes
from ml.audio.tag_blocks import chunks
from ml.audio.tag_writing.id3 import NO_TAG, Frame, Id3Tag, damaged, parse_id3, text_frame
from ml.errors import MoodError

Part = bytes | tuple[int, int]
"""New bytes, or the offsets in the old file of the first byte and behind the last one."""

CHUNK_HEADER_BYTES = 8
INFO_FRAMES = {
    b"INAM": b"TIT2", b"IART": b"TPE1", b"IPRD": b"TALB", b"ICRD": b"TDRC", b"IGNR": b"TCON", b"ITRK": b"TRCK",
    b"IPRT": b"TRCK",
}  # fmt: skip
"""The ID3 frame of each text of a LIST INFO chunk."""
ID3V1_BYTES = 128


@dataclass(frozen=True)
class Id3Place:
    tag: Id3Tag
    """`NO_TAG` if the file has none."""
    older: tuple[Frame, ...]
    """The texts of an older kind of tag in the file, with which a new tag begins: readers that find an ID3v2 tag do not
    look at the other one."""
    with_tag: Callable[[bytes], list[Part]]
    """The parts of the file with these bytes in place of the tag."""


def leading_id3(file: BinaryIO) -> Id3Place:
    """Of mp3 and AAC files. Raises MoodError."""
    end = file.seek(0, os.SEEK_END)
    file.seek(0)
    size = id3_tag_bytes(file.read(10)) or 0
    file.seek(0)
    tag = parse_id3(file.read(size)) if size else NO_TAG
    file.seek(0)
    if not size and not any(file.read(16)):
        raise MoodError("tags_unsupported", "It begins with zeros instead of a tag or audio: save it again.")
    return Id3Place(tag, _id3v1_frames(file), lambda new: [new, (size, end)])


def has_apev2(file: BinaryIO) -> bool:
    """Whether an APEv2 tag is at the end, before ID3v1 or not."""
    end = file.seek(0, os.SEEK_END)
    for at in (end - 32, end - 32 - ID3V1_BYTES):
        if at >= 0:
            file.seek(at)
            if file.read(8) == b"APETAGEX":
                return True
    return False


def riff_id3(file: BinaryIO) -> Id3Place:
    """Of WAV files."""
    return _chunk_id3(file, order="little", name=b"id3 ", audio=b"data", older=_info_frames)


def aiff_id3(file: BinaryIO) -> Id3Place:
    return _chunk_id3(file, order="big", name=b"ID3 ", audio=b"SSND", older=lambda file, end: ())


def _chunk_id3(
    file: BinaryIO, *, order: str, name: bytes, audio: bytes, older: Callable[[BinaryIO, int], tuple[Frame, ...]]
) -> Id3Place:
    length = file.seek(0, os.SEEK_END)
    file.seek(0)
    form, stated = file.read(4), int.from_bytes(file.read(4), order)  # type: ignore[arg-type]
    end = stated + CHUNK_HEADER_BYTES
    if form not in (b"RIFF", b"FORM") or not 4 <= stated < 0xFFFFFFFF or end > length + 1:
        raise MoodError(
            "tags_unsupported",
            "Its header does not state the length of the file as it is: it is cut off, was recorded without an end, or "
            "has more than 4 GB. Save it again with an audio editor.",
        )
    end = min(end, length)
    tag, old, has_audio = NO_TAG, (end, end), False
    for at, chunk, size in chunks(file, 12, 4, order):
        if at >= end:
            break
        file.seek(at + 4)
        whole = int.from_bytes(file.read(4), order)  # type: ignore[arg-type]
        has_audio = has_audio or (chunk == audio and 0 < whole <= length - at - CHUNK_HEADER_BYTES)
        if chunk.lower() == name.lower() and tag is NO_TAG:
            file.seek(at + CHUNK_HEADER_BYTES)
            content = file.read(size)
            if id3_tag_bytes(content) is None:
                raise damaged()
            tag, old = parse_id3(content), (at, min(at + CHUNK_HEADER_BYTES + size + size % 2, end))
    if not has_audio:
        raise MoodError("tags_unsupported", "Its audio is cut off or missing, so that nothing is written to it.")

    def with_tag(new: bytes) -> list[Part]:
        new += b"\0" * (len(new) % 2)
        chunk = name + len(new).to_bytes(4, order) + new if new else b""  # type: ignore[arg-type]
        before = b"\0" if old[0] % 2 and new else b""  # the audio at the end lacks its byte of padding
        size = end - (old[1] - old[0]) + len(before) + len(chunk) - CHUNK_HEADER_BYTES
        if size >= 0xFFFFFFFF:
            raise MoodError("tags_too_large", "With a tag it would exceed 4 GB, which is all its format can have.")
        return [form + size.to_bytes(4, order), (8, old[0]), before + chunk, (old[1], length)]  # type: ignore[arg-type]

    return Id3Place(tag, older(file, end), with_tag)


def _info_frames(file: BinaryIO, end: int) -> tuple[Frame, ...]:
    frames: dict[bytes, Frame] = {}
    for at, chunk, size in chunks(file, 12, 4, "little"):
        file.seek(at + CHUNK_HEADER_BYTES)
        if at >= end or chunk != b"LIST" or file.read(4) != b"INFO":
            continue
        for inner, name, length in chunks(file, at + CHUNK_HEADER_BYTES + 4, 4, "little"):
            if inner >= at + CHUNK_HEADER_BYTES + size:
                break
            file.seek(inner + CHUNK_HEADER_BYTES)
            text = _text(file.read(length).partition(b"\0")[0])
            if name in INFO_FRAMES and text:
                frames.setdefault(INFO_FRAMES[name], text_frame(NO_TAG, INFO_FRAMES[name], [text]))
    return tuple(frames.values())


def _text(data: bytes) -> str:
    try:
        return data.decode().strip()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace").strip()


def _id3v1_frames(file: BinaryIO) -> tuple[Frame, ...]:
    end = file.seek(0, os.SEEK_END)
    if end < ID3V1_BYTES or before_trailing_tags(file, 0) == end:
        return ()
    file.seek(end - ID3V1_BYTES)
    found = mutagen.id3.ParseID3v1(file.read(ID3V1_BYTES)) or {}  # type: ignore[no-untyped-call]
    texts = {name: str(frame.text[0]) for name, frame in found.items() if name.startswith("T") and frame.text}
    return tuple(text_frame(NO_TAG, name.encode(), [text]) for name, text in sorted(texts.items()) if text)
