"""The duration that a file declares, which tells a truncated download from a short song.

FFmpeg reports a duration for every file, but for some it guesses from the bit rate, and for others it uses the size of
the file, which truncation changes too. Only the duration in a file's own header is worth comparing with.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

import av
from av.container import InputContainer

from ml.audio.container import audio_stream, video_stream
from ml.audio.mpeg_frames import find_mpeg_frames, has_frame_chain, id3_tag_bytes, mpeg_frame_bytes, mpeg_frame_s
from ml.audio.padding import AudioFile, audio_start

GUESSED = {"aac", "ac3", "eac3", "dts", "mpegts", "mpeg", "amr", "amrnb", "amrwb"}
"""FFmpeg's names of containers that declare no duration. Its guess is off by 10 % if the bit rate varies."""

INCLUDE_START = {"matroska,webm", "ogg"}
"""Containers whose duration counts from 0 even if the clock of the stream starts later, as in recorded broadcasts."""

VBR_HEADERS = (b"Xing", b"Info", b"VBRI")
MP3_TAIL = 1 << 14
"""Bytes. An mp3 frame has at most 1,441 bytes, so that this contains several whole frames."""

OGG_TAIL = 1 << 17
"""Bytes. An Ogg page has at most 65,307 bytes, so that the last one begins within this."""

ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
ASF_BROADCAST = 1
"""Flag of a recording whose duration was unknown when its header was written."""

MAX_WAV_BYTES = 0x7FFF0000
"""Programs that write WAV to a pipe declare about 2 or 4 GB, or 0."""

MAX_CHUNKS = 100
"""Number of RIFF chunks that are read before the data chunk; real files have a handful."""


@dataclass(frozen=True)
class DeclaredDuration:
    """The duration that a file declares."""

    duration_s: float | None
    """Seconds; None if the file does not declare it."""

    ended: bool = True
    """False if the end of the file is missing."""


def read_declared_duration(path: str | os.PathLike[str], container: InputContainer) -> DeclaredDuration:
    """The declared duration of `path`, opened as `container`. Reads at most 128 KiB."""
    name = container.format.name
    with AudioFile(path, audio_start(path)) as file:
        if name == "mp3":
            header_s = _mp3_header_s(file)
            return DeclaredDuration(header_s, ended=header_s is not None or _mp3_ended(file))
        if name in GUESSED:
            return DeclaredDuration(None)
        header_s = HEADER_DURATIONS[name](file) if name in HEADER_DURATIONS else None
        if header_s is not None and video_stream(container) is None:
            return DeclaredDuration(header_s)
        return DeclaredDuration(_container_s(container), ended=name != "ogg" or _ogg_ended(file))


def _container_s(container: InputContainer) -> float | None:
    stream = audio_stream(container)
    if video_stream(container) is not None and "mp4" not in container.format.name:
        return None  # the duration of the video, which may be longer than the audio
    start_s = (container.start_time or 0) / av.time_base if container.format.name in INCLUDE_START else 0.0
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base) - start_s
    return container.duration / av.time_base - start_s if container.duration else None


def _mp3_header_s(file: BinaryIO) -> float | None:
    """The duration from the number of frames in the Xing, Info or VBRI header after the ID3 tag; None without one.

    FFmpeg's own duration is a guess if there is more after the last frame than the header says.
    """
    head = file.read(10)
    file.seek(id3_tag_bytes(head) or 0)
    head = file.read(8192)
    start = find_mpeg_frames(head)
    marks = [(head.find(mark), mark) for mark in VBR_HEADERS if mark in head]
    if start is None or not marks:
        return None
    at, mark = min(marks)
    if mark == b"VBRI":
        count = int.from_bytes(head[at + 14 : at + 18], "big")
    elif head[at + 7] & 1:
        count = int.from_bytes(head[at + 8 : at + 12], "big")
    else:
        return None
    return count * mpeg_frame_s(head[start : start + 4])


def _mp3_ended(file: BinaryIO) -> bool:
    """Whether the last frame is complete; True if the file ends with something else, such as a tag."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - MP3_TAIL))
    tail = file.read()
    at = next((i for i in range(len(tail) - 4) if has_frame_chain(tail, i, mpeg_frame_bytes)), len(tail))
    while at < len(tail):
        length = mpeg_frame_bytes(tail[at : at + 4])
        if length is None:
            return True
        at += length
    return at == len(tail)


def _wav_header_s(file: BinaryIO) -> float | None:
    """The duration from the size of the data chunk; FFmpeg limits it to the size of the file."""
    if file.read(4) != b"RIFF":
        return None
    file.seek(12)
    bytes_per_s = 0
    for _ in range(MAX_CHUNKS):
        if len(header := file.read(8)) < 8:
            return None
        chunk, size = struct.unpack("<4sI", header)
        if chunk == b"data":
            return size / bytes_per_s if bytes_per_s and 0 < size < MAX_WAV_BYTES else None
        if chunk == b"fmt " and size >= 16:
            bytes_per_s = int.from_bytes(file.read(12)[8:], "little")
            size -= 12
        file.seek(size + size % 2, os.SEEK_CUR)
    return None


def _asf_header_s(file: BinaryIO) -> float | None:
    """The duration from the file properties object; FFmpeg corrects it by the size of the file."""
    head = file.read(1 << 16)
    at = head.find(ASF_FILE_PROPERTIES)
    if at < 0 or len(head) < at + 92:
        return None
    played_100ns, preroll_ms, flags = struct.unpack_from("<Q8xQI", head, at + 64)
    seconds = played_100ns / 1e7 - preroll_ms / 1e3
    return seconds if not flags & ASF_BROADCAST and seconds > 0 else None


HEADER_DURATIONS: dict[str, Callable[[BinaryIO], float | None]] = {"wav": _wav_header_s, "asf": _asf_header_s}
"""Readers of headers that are more reliable than FFmpeg's duration."""


def _ogg_ended(file: BinaryIO) -> bool:
    """Whether the last page has the end-of-stream flag."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - OGG_TAIL))
    tail = file.read()
    last = tail.rfind(b"OggS")
    return last < 0 or last + 5 >= len(tail) or bool(tail[last + 5] & 4)
