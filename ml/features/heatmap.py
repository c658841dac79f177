"""What lies over a spectrogram to show which of its places mattered."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

COLOUR = (125, 249, 255)
"""sRGB. A pale cyan, which none of the spectrogram's own colours from indigo to yellow comes near."""

MOST_OPAQUE = 0.9
"""So that the spectrogram can be seen under what mattered most, too."""

LEAST_SCALE = 0.01
"""Where no place of a song matters more than this the picture stays nearly clear: its differences are noise."""


def heatmap_png(mattered: NDArray[np.float32], width: int, height: int) -> bytes:
    """Draws how much each place mattered as a PNG of `width` x `height` pixels: the more, the less clear.

    `mattered`: float32 (bands, time), on any scale, low bands first and drawn at the bottom; below 0 counts as 0. The
    greatest value is the most opaque, unless it is below LEAST_SCALE. The same input gives the same bytes. Raises
    ValueError for an array of another shape or a size below 1.
    """
    if mattered.ndim != 2 or not mattered.size:
        raise ValueError(f"mattered must have the shape (bands, time), both at least 1; it has {mattered.shape}.")
    if width < 1 or height < 1:
        raise ValueError(f"A picture of {width} x {height} pixels cannot be drawn; both must be at least 1.")
    share = np.maximum(mattered, 0.0) / max(float(mattered.max()), LEAST_SCALE)
    levels = Image.fromarray(np.round(255 * MOST_OPAQUE * share).astype(np.uint8)[::-1])
    # One colour in 256 opacities: a palette takes a fraction of the bytes that four channels do.
    picture = levels.resize((width, height), Image.Resampling.BICUBIC)
    picture.putpalette(bytes(COLOUR) * 256)
    png = io.BytesIO()
    picture.save(png, "PNG", optimize=True, transparency=bytes(range(256)))
    return png.getvalue()
