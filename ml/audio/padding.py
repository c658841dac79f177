"""Bytes around the audio of a file: tags and padding before the first frame, and junk after the last one."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import BinaryIO

from ml.audio.mpeg_frames import find_mpeg_frames, id3_tag_bytes
from ml.audio.sniffing import HEAD_BYTES, MAX_ZERO_PADDING, container_of
from ml.audio.tag_blocks import TagBlock, id3_block, within_limits

FRAME_SYNC = {
    "mp1": (0xFFE0, 0xFFE0),
    "mp2": (0xFFE0, 0xFFE0),
    "mp3": (0xFFE0, 0xFFE0),
    "aac": (0xFFF0, 0xFFF6),
    "ac3": (0x0B77, 0xFFFF),
    "eac3": (0x0B77, 0xFFFF),
    "wavpack": (0x7776, 0xFFFF),
}
"""Bits and mask of the first two bytes of a frame, by FFmpeg's codec name."""


TRAILING_TAGS = (b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"ID3")
TAIL_BYTES = 1 << 16
MAX_LEADING_BLOCKS = 1_000
"""Tags and runs of zeros at the beginning that are skipped; real files have one or two."""

MIN_FRAME_BYTES = 16
"""Fewer bytes than any frame has."""


class AudioFile(io.FileIO):
    """A file from `start` on, for reading: position 0 is the first byte of the audio.

    `patches` are bytes in place of those at some offsets of the file.
    """

    def __init__(
        self, path: str | os.PathLike[str], start: int, patches: Mapping[int, bytes] = MappingProxyType({})
    ) -> None:
        super().__init__(path, "rb")
        self._start = start
        self._patches = patches
        super().seek(start)

    def read(self, size: int | None = -1, /) -> bytes:
        at = super().tell()
        content = super().read(-1 if size is None else size)
        return self._patched(content or b"", at) if self._patches else content or b""

    def _patched(self, content: bytes, at: int) -> bytes:
        changed = bytearray(content)
        for offset, patch in self._patches.items():
            first, last = max(offset, at), min(offset + len(patch), at + len(content))
            if first < last:
                changed[first - at : last - at] = patch[first - offset : last - offset]
        return bytes(changed)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        position = super().seek(offset + (self._start if whence == os.SEEK_SET else 0), whence)
        return position - self._start

    def tell(self) -> int:
        return super().tell() - self._start

    def __del__(self) -> None:
        self.close()  # a container does not close its file


def audio_start(path: str | os.PathLike[str]) -> int:
    """The offset of the audio behind what FFmpeg does not skip by itself; 0 if it skips all.

    That are ID3v2 tags before some formats, zeros and garbage, and tags that are too large for it.
    """
    with open(path, "rb") as file:
        position, zeros, oversized = after_tags_and_zeros(file)
        if position == 0:
            return 0
        if oversized:
            return position
        file.seek(position)
        head = file.read(HEAD_BYTES)
    if container_of(head) not in (None, "mp3", "adts"):
        return position
    frames = find_mpeg_frames(head)
    only_tags = frames == 0 and not zeros
    if frames is None or only_tags or position + frames < HEAD_BYTES:
        return 0  # FFmpeg finds these frames, and reads the ID3 tags itself
    return position + frames


def has_oversized_id3(path: str | os.PathLike[str]) -> bool:
    """Whether the ID3v2 tags at the beginning are too large to be read."""
    with open(path, "rb") as file:
        return after_tags_and_zeros(file)[2]


def after_tags_and_zeros(file: BinaryIO) -> tuple[int, bool, bool]:
    """The first byte after leading ID3v2 tags and zero padding, whether there are such zeros, and whether the tags are
    too large to be read."""
    position, zeros = 0, False
    tags: list[TagBlock] = []
    oversized = False
    for _ in range(MAX_LEADING_BLOCKS):
        file.seek(position)
        head = file.read(16)
        if (tag := id3_tag_bytes(head)) is not None:
            if not oversized and (block := id3_block(file, position)):
                tags.append(block)
                oversized = not within_limits(tags)
            position += tag
        elif len(head) == 16 and not any(head) and position < MAX_ZERO_PADDING:
            padding = file.read(1 << 16)
            position += 16 + len(padding) - len(padding.lstrip(b"\0"))
            zeros = True
        else:
            break
    return position, zeros, oversized


def is_junk(packet: bytes, codec: str) -> bool:
    """Whether a packet of a codec with frame headers does not begin with one, such as a newline or a tag at the end."""
    if codec not in FRAME_SYNC:
        return False
    sync, mask = FRAME_SYNC[codec]
    return int.from_bytes(packet[:2].ljust(2, b"\0"), "big") & mask != sync


def is_trailing_junk(path: str | os.PathLike[str], end: int) -> bool:
    """Whether the bytes of a file from the end of its last frame on are a tag, padding or too few for a frame.

    `end` counts from `audio_start`.
    """
    with AudioFile(path, audio_start(path)) as file:
        file.seek(end)
        rest = file.read(TAIL_BYTES)
    return len(rest) < MIN_FRAME_BYTES or rest.startswith(TRAILING_TAGS) or not rest.strip(b"\0\r\n \t")
