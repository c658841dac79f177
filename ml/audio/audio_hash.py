"""The identity of a recording: a hash of its coded audio without tags.

Writing, growing, moving or removing tags and covers does not change it, and neither does another file name. Two files
with the same hash decode to the same samples. Another encoding of the same recording has another hash.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from typing import Protocol

import av.error
from av.container import InputContainer

from ml.audio.audio_bytes import Part, audio_parts
from ml.audio.container import audio_stream, open_audio
from ml.deadline import NEVER, Deadline
from ml.errors import MoodError

VERSION = "audio 1"
"""Goes into every hash. Another way to compute it needs another version, and all songs need to be hashed again."""
BLOCK_BYTES = 1 << 20
PACKETS_BYTES = 1 << 16
"""Packets are collected to blocks of this size: most are small."""


class Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


def audio_hash(path: str | os.PathLike[str], deadline: Deadline = NEVER) -> str:
    """SHA-256 over the coded audio of a file, as 64 hexadecimal digits; nothing is decoded.

    For streams of frames, WAV and AIFF that are the bytes between the tags, with the header that says how to decode
    them. Of other containers it is the packets of the audio stream that is analysed, with codec, sample rate, channels
    and the codec's setup. Where the file cannot be read as audio, the hash is over all of its bytes.

    Raises FileNotFoundError and other OSErrors of reading, and DeadlineExceeded.
    """
    with open(path, "rb") as file:
        found = audio_parts(file)
    if found is not None:
        container, parts = found
        return _hash_of_parts(path, container, parts, deadline)
    try:
        return _hash_of_packets(path, deadline)
    except (MoodError, av.error.FFmpegError, ValueError, IndexError):
        return _hash_of_parts(path, "file", [(0, os.path.getsize(path))], deadline)


def _new_hash(*facts: object) -> Hash:
    return hashlib.sha256("\0".join([VERSION, *map(str, facts), ""]).encode())


def _hash_of_parts(path: str | os.PathLike[str], kind: str, parts: list[Part], deadline: Deadline) -> str:
    digest = _new_hash("parts", kind, *(end - first for first, end in parts))
    with open(path, "rb", buffering=0) as file:
        for first, end in parts:
            file.seek(first)
            left = end - first
            while left > 0 and (block := file.read(min(left, BLOCK_BYTES))):
                deadline.check()
                digest.update(block)
                left -= len(block)
    return digest.hexdigest()


def _hash_of_packets(path: str | os.PathLike[str], deadline: Deadline) -> str:
    with open_audio(path) as container:
        stream = audio_stream(container)
        codec = stream.codec_context
        setup = codec_setup(codec.codec.canonical_name, codec.extradata or b"")
        digest = _new_hash("packets", codec.codec.canonical_name, codec.sample_rate, codec.channels, setup.hex())
        _update_by_packets(digest.update, container, deadline, codec.codec.canonical_name.startswith("pcm_"))
        return digest.hexdigest()


def _update_by_packets(
    update: Callable[[bytes], None], container: InputContainer, deadline: Deadline, is_pcm: bool
) -> None:
    """Packets of PCM are split where the reader likes, so that only those of other codecs have their length before."""
    block = bytearray()
    for packet in container.demux(audio_stream(container)):
        if not is_pcm:
            block += packet.size.to_bytes(4, "little")
        block += packet
        if len(block) >= PACKETS_BYTES:
            deadline.check()
            update(bytes(block))
            block.clear()
    update(bytes(block))


def codec_setup(codec: str, extradata: bytes) -> bytes:
    """What FFmpeg keeps for the decoder, without the comments that are in it for some codecs."""
    if codec == "vorbis":
        identification, _, setup = _xiph_packets(extradata)
        return identification + setup
    if codec == "flac" and extradata.startswith(b"fLaC"):  # Matroska has all blocks of metadata here
        return extradata[8:42]
    return extradata


def _xiph_packets(extradata: bytes) -> tuple[bytes, bytes, bytes]:
    """The three packets at the beginning of a Vorbis stream: with their lengths before, in one of two ways.

    Raises ValueError.
    """
    if extradata[:1] == b"\x02":  # lengths of two packets in Xiph lacing; the third one is the rest
        at, sizes = 1, []
        for _ in range(2):
            size = 0
            while extradata[at] == 255:
                size, at = size + 255, at + 1
            sizes.append(size + extradata[at])
            at += 1
        first, second = sizes
        return extradata[at : at + first], extradata[at + first : at + first + second], extradata[at + first + second :]
    packets, at = [], 0
    while at + 2 <= len(extradata):
        size = int.from_bytes(extradata[at : at + 2], "big")
        packets.append(extradata[at + 2 : at + 2 + size])
        at += 2 + size
    if len(packets) != 3:
        raise ValueError("The setup of the Vorbis stream is damaged.")
    return packets[0], packets[1], packets[2]
