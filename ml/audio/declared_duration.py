"""How long a file says that it is: what tells a broken download from a short song.

FFmpeg answers this for every file, but for some it guesses from the bit rate, and for others it goes by the
size of the file, which a truncated file agrees with. Only a file's own promise is worth comparing with.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

import av
from av.container import InputContainer

from ml.audio.container import audio_stream, moving_picture
from ml.audio.mpeg_frames import chains, id3_bytes, mpeg_frame_bytes

GUESSED = {"aac", "ac3", "eac3", "dts", "mpegts", "mpeg", "amr", "amrnb", "amrwb"}
"""FFmpeg's names of containers that state no length. Its guess is off by 10 % where the bit rate varies."""

VBR_HEADERS = (b"Xing", b"Info", b"VBRI")
MP3_TAIL = 1 << 14
"""Bytes. An mp3 frame is at most 1,441 bytes, so that several whole ones lie within this."""

OGG_TAIL = 1 << 17
"""Bytes. An Ogg page is at most 65,307 bytes, so that the last one begins within this."""

ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
ASF_BROADCAST = 1
"""Flag of a recording whose length was not known when its header was written."""

LARGEST_WAV = 0x7FFF0000
"""Bytes. Programs that write a WAV into a pipe claim 2 or 4 GB, more or less, or nothing."""

MOST_CHUNKS = 100
"""As many as are looked at before a WAV's sound; a real one has a handful."""


@dataclass(frozen=True)
class Extent:
    """What a file says of its sound's length."""

    duration_s: float | None
    """Seconds; None where the file does not state it."""

    ended: bool = True
    """False where the end is known to be missing."""


def read_extent(path: str | os.PathLike[str], container: InputContainer) -> Extent:
    """What `path`, opened as `container`, says of its length. Reads at most 128 KiB."""
    name = container.format.name
    with open(path, "rb") as file:
        if name == "mp3" and not _mp3_states_length(file):
            return Extent(None, ended=_mp3_ended(file))
        if name in GUESSED:
            return Extent(None)
        promise_s = PROMISES[name](file) if name in PROMISES else None
        if promise_s is not None and moving_picture(container) is None:
            return Extent(promise_s)
        return Extent(_stated_s(container), ended=name != "ogg" or _ogg_ended(file))


def _stated_s(container: InputContainer) -> float | None:
    stream = audio_stream(container)
    if moving_picture(container) is not None and "mp4" not in container.format.name:
        return None  # the film's length, which its sound need not reach
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else None


def _mp3_states_length(file: BinaryIO) -> bool:
    """Whether the first frame behind the ID3 tag is an encoder's note of how many frames follow."""
    head = file.read(10)
    if head[:3] == b"ID3" and len(head) == 10:
        file.seek(10 + id3_bytes(head))
        head = b""
    head += file.read(8192)
    return any(mark in head for mark in VBR_HEADERS)


def _mp3_ended(file: BinaryIO) -> bool:
    """Whether the last frame is there whole; True where the end is something else, such as a tag."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - MP3_TAIL))
    tail = file.read()
    at = next((i for i in range(len(tail) - 4) if chains(tail, i, mpeg_frame_bytes)), len(tail))
    while at < len(tail):
        length = mpeg_frame_bytes(tail[at : at + 4])
        if length is None:
            return True
        at += length
    return at == len(tail)


def _wav_promise_s(file: BinaryIO) -> float | None:
    """The length by the data chunk's own size; FFmpeg cuts it to what the file holds."""
    if file.read(4) != b"RIFF":
        return None
    file.seek(12)
    bytes_per_s = 0
    for _ in range(MOST_CHUNKS):
        if len(header := file.read(8)) < 8:
            return None
        chunk, size = struct.unpack("<4sI", header)
        if chunk == b"data":
            return size / bytes_per_s if bytes_per_s and 0 < size < LARGEST_WAV else None
        if chunk == b"fmt " and size >= 16:
            bytes_per_s = int.from_bytes(file.read(12)[8:], "little")
            size -= 12
        file.seek(size + size % 2, os.SEEK_CUR)
    return None


def _asf_promise_s(file: BinaryIO) -> float | None:
    """The length by the file properties object; FFmpeg corrects it by the size of the file."""
    head = file.read(1 << 16)
    at = head.find(ASF_FILE_PROPERTIES)
    if at < 0 or len(head) < at + 92:
        return None
    played_100ns, preroll_ms, flags = struct.unpack_from("<Q8xQI", head, at + 64)
    seconds = played_100ns / 1e7 - preroll_ms / 1e3
    return seconds if not flags & ASF_BROADCAST and seconds > 0 else None


PROMISES: dict[str, Callable[[BinaryIO], float | None]] = {"wav": _wav_promise_s, "asf": _asf_promise_s}
"""Where the file knows better than FFmpeg."""


def _ogg_ended(file: BinaryIO) -> bool:
    """Whether the last page carries the mark of the end."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - OGG_TAIL))
    tail = file.read()
    last = tail.rfind(b"OggS")
    return last < 0 or last + 5 >= len(tail) or bool(tail[last + 5] & 4)
