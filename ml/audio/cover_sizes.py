"""Covers in the sizes that pages show, as WebP."""

from __future__ import annotations

import io
import logging
import warnings
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ml.audio.covers import MAX_COVER_BYTES, SIGNATURES
from ml.audio.limited_process import ProcessFailed, ProcessLimitExceeded, run_limited

logger = logging.getLogger(__name__)

SMALL, LARGE = 96, 360
"""Pixels of the longer side: for places of 48 and 240 CSS pixels."""
QUALITY = 78
MAX_SECONDS = 10.0
MAX_MEMORY_BYTES = 512_000_000
"""40 megapixels take 160 MB, and as much again while they are converted."""


@dataclass(frozen=True)
class CoverSizes:
    """WebP images of at most SMALL and LARGE pixels on each side, in the proportions of the original."""

    small: bytes = field(repr=False)
    large: bytes = field(repr=False)


def cover_sizes(data: bytes) -> CoverSizes | None:
    """`data` is an image that `image_type` accepts. None if it is damaged or takes too much memory or time.

    It is decoded in a process of its own, which ends there.
    """
    if len(data) > MAX_COVER_BYTES:
        return None
    try:
        return run_limited(partial(_sizes, data), memory_bytes=MAX_MEMORY_BYTES, seconds=MAX_SECONDS)
    except (ProcessFailed, ProcessLimitExceeded) as error:
        logger.warning("A cover cannot be shown: %s", error)
        return None


def _sizes(data: bytes) -> CoverSizes | None:
    from PIL import Image, ImageOps, UnidentifiedImageError

    warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # `image_type` has a lower limit
    try:
        with Image.open(io.BytesIO(data), formats=sorted(set(SIGNATURES.values()))) as image:
            image.draft("RGB", (2 * LARGE, 2 * LARGE))  # JPEG is decoded at a fraction of its size
            large = _opaque(ImageOps.exif_transpose(image))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError):
        return None
    large.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
    small = large.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    return CoverSizes(_webp(small), _webp(large))


def _opaque(image: Any) -> Any:
    """In RGB; what is transparent becomes white."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        ground.alpha_composite(image)
        image = ground
    return image.convert("RGB")


def _webp(image: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "WEBP", quality=QUALITY, method=4)
    return stream.getvalue()
