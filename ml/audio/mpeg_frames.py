"""Detection of MPEG audio (mp2, mp3, ADTS AAC) by chains of frame headers.

A single frame header starts with only eleven fixed bits, which occur by chance every few kilobytes in images and noise.
A chain of three consistent headers, each at the end of the previous frame, does not. Header fields as in ISO 11172-3
2.4.2.3 and ISO 13818-7 6.2.
"""

from __future__ import annotations

from collections.abc import Callable

CHAIN_LENGTH = 3
"""Consecutive frames that are required, if the bytes at hand are enough for them."""

# kbit/s by index 1..14, by version (2.5 counts as 2) and layer. Layer I is left out: it is not in use, and the byte
# order mark of UTF-16 text looks like its header.
BIT_RATES = {
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
SAMPLE_RATES = (44_100, 48_000, 32_000)
RATE_DIVISORS = {3: 1, 2: 2, 0: 4}  # by version bits: MPEG 1, 2 and 2.5


def find_mpeg_frames(head: bytes) -> int | None:
    """Where in `head` a chain of mp3 or mp2 frames begins; None if there is none."""
    at = head.find(b"\xff")
    while at >= 0:
        if has_frame_chain(head, at, mpeg_frame_bytes):
            return at
        at = head.find(b"\xff", at + 1)
    return None


def has_adts_frames(head: bytes) -> bool:
    """Whether `head` begins with a chain of ADTS AAC frames."""
    return has_frame_chain(head, 0, adts_frame_bytes)


def mpeg_frame_bytes(header: bytes) -> int | None:
    """Length in bytes of the MPEG audio frame with this header (four bytes); None if it is not a header."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version_bits, layer = header[1] >> 3 & 3, 4 - (header[1] >> 1 & 3)
    rate_index, sample_rate_index, padding = header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    if version_bits == 1 or layer not in (2, 3) or rate_index in (0, 15) or sample_rate_index == 3:
        return None
    version = 1 if version_bits == 3 else 2
    bit_rate = BIT_RATES[version, layer][rate_index - 1] * 1000
    sample_rate = SAMPLE_RATES[sample_rate_index] // RATE_DIVISORS[version_bits]
    samples = 576 if layer == 3 and version == 2 else 1152
    return samples // 8 * bit_rate // sample_rate + padding


def mpeg_frame_s(header: bytes) -> float:
    """The duration in seconds of the MPEG audio frame with this header (four bytes)."""
    version_bits, layer = header[1] >> 3 & 3, 4 - (header[1] >> 1 & 3)
    samples = 576 if layer == 3 and version_bits != 3 else 1152
    return samples * RATE_DIVISORS[version_bits] / SAMPLE_RATES[header[2] >> 2 & 3]


def adts_frame_bytes(header: bytes) -> int | None:
    """Length in bytes of the ADTS frame with this header (six bytes); None if it is not a header."""
    if len(header) < 6 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0:
        return None
    if header[2] >> 2 & 15 > 12:  # a reserved sample rate
        return None
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    return length if length > 7 else None


def id3_bytes(header: bytes) -> int:
    """Length of the ID3v2 tag after its ten-byte `header`, in bytes: a synchsafe integer of four times seven bits."""
    size = 0
    for byte in header[6:10]:
        size = size << 7 | byte & 0x7F
    return size


def id3_tag_bytes(head: bytes) -> int | None:
    """The length of a whole ID3v2 tag that begins `head` (ten bytes or more), in bytes; None if there is none."""
    if head[:3] != b"ID3" or len(head) < 10 or max(head[6:10]) > 127:
        return None
    footer = 10 if head[5] & 0x10 else 0
    return 10 + id3_bytes(head) + footer


def has_frame_chain(head: bytes, at: int, frame_bytes: Callable[[bytes], int | None]) -> bool:
    """Whether a chain of frames begins at `at`, each frame where the previous one ends."""
    start, family = at, head[at : at + 2]
    for _ in range(CHAIN_LENGTH):
        if at + 6 > len(head):
            return start == 0 and at > 0  # too few bytes for a whole chain: accepted only at the first byte
        length = frame_bytes(head[at : at + 6])
        if length is None or head[at : at + 2] != family:
            return False
        at += length
    return True
