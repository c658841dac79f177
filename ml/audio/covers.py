"""Which embedded pictures are kept as covers: known formats, bounded in bytes and pixels, from their headers alone."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, field

MAX_COVER_BYTES = 10_000_000
"""A larger cover is not read."""

MAX_COVER_PIXELS = 40_000_000
"""6,000 x 6,000 and a little more. A browser takes four bytes for each, however small the file is."""

MAX_ANCILLARY_BYTES = 1_000_000
"""Texts and colour profiles of a PNG image, which are compressed and may become a thousand times as large."""

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
"""By Pillow's name of the format."""

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
SIGNATURES = {b"\xff\xd8\xff": "JPEG", PNG_SIGNATURE: "PNG", b"GIF87a": "GIF", b"GIF89a": "GIF", b"RIFF": "WEBP"}
COMPRESSED_CHUNKS = (b"zTXt", b"iTXt", b"iCCP", b"eXIf", b"tEXt")


@dataclass(frozen=True)
class Cover:
    """An embedded image; `media_type` is detected from its bytes."""

    media_type: str
    data: bytes = field(repr=False)


def image_type(data: bytes) -> str | None:
    """The media type of an image that is small enough to show; None for other bytes.

    Pillow reads the header, and decodes no pixels.
    """
    kind = next((kind for signature, kind in SIGNATURES.items() if data.startswith(signature)), None)
    if kind is None or len(data) > MAX_COVER_BYTES:
        return None
    if kind == "PNG" and _ancillary_bytes(data) > MAX_ANCILLARY_BYTES:
        return None
    from PIL import Image, UnidentifiedImageError  # here: takes 0.05 s, and many songs have no cover

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            with Image.open(io.BytesIO(data), formats=[kind]) as image:
                width, height = image.size
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return None
    return MEDIA_TYPES[kind] if 0 < width * height <= MAX_COVER_PIXELS else None


def _ancillary_bytes(data: bytes) -> int:
    """The bytes of a PNG image in texts and profiles."""
    at, total = len(PNG_SIGNATURE), 0
    while at + 8 <= len(data):
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        total += size if name in COMPRESSED_CHUNKS else 0
        at += 12 + size
    return total
