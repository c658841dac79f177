"""Bytes around the audio of a file: tags and padding before the first frame, and junk after the last one."""

from __future__ import annotations

import io
import os

from ml.audio.mpeg_frames import find_mpeg_frames, id3_tag_bytes
from ml.audio.sniffing import HEAD_BYTES, MAX_ZERO_PADDING, container_of

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
MIN_FRAME_BYTES = 16
"""Fewer bytes than any frame has."""


class AudioFile(io.FileIO):
    """A file from `start` on, for reading: position 0 is the first byte of the audio."""

    def __init__(self, path: str | os.PathLike[str], start: int) -> None:
        super().__init__(path, "rb")
        self._start = start
        super().seek(start)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        position = super().seek(offset + (self._start if whence == os.SEEK_SET else 0), whence)
        return position - self._start

    def tell(self) -> int:
        return super().tell() - self._start

    def __del__(self) -> None:
        self.close()  # a container does not close its file


def audio_start(path: str | os.PathLike[str]) -> int:
    """The offset of the audio behind ID3v2 tags, zeros and garbage that FFmpeg does not skip; 0 if it skips them."""
    with open(path, "rb") as file:
        position, zeros = _after_tags_and_zeros(file)
        if position == 0:
            return 0
        file.seek(position)
        head = file.read(HEAD_BYTES)
    if container_of(head) not in (None, "mp3", "adts"):
        return position
    frames = find_mpeg_frames(head)
    only_tags = frames == 0 and not zeros
    if frames is None or only_tags or position + frames < HEAD_BYTES:
        return 0  # FFmpeg finds these frames, and reads the ID3 tags itself
    return position + frames


def _after_tags_and_zeros(file: io.BufferedReader) -> tuple[int, bool]:
    """The first byte after leading ID3v2 tags and zero padding, and whether there are such zeros."""
    position, zeros = 0, False
    while True:
        file.seek(position)
        head = file.read(16)
        if (tag := id3_tag_bytes(head)) is not None:
            position += tag
        elif len(head) == 16 and not any(head) and position < MAX_ZERO_PADDING:
            block = file.read(1 << 16)
            position += 16 + len(block) - len(block.lstrip(b"\0"))
            zeros = True
        else:
            return position, zeros


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
