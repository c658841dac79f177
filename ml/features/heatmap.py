"""A saliency map as a transparent heatmap over the spectrogram image."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

COLOUR = (125, 249, 255)
"""sRGB. A pale cyan, far from the spectrogram's own colours, which go from indigo to yellow."""

MAX_OPACITY = 0.9
"""Below 1, so that the spectrogram stays visible under the most salient regions."""

MIN_SCALE = 0.01
"""The smallest value that is drawn with full opacity: smaller maxima are noise, and the image stays nearly clear."""


def heatmap_png(saliency: NDArray[np.float32], width: int, height: int) -> bytes:
    """Draws a saliency map as a PNG of `width` x `height` pixels: opacity grows with saliency.

    `saliency`: float32 (bands, time) on any scale, low bands first and drawn at the bottom; negative values count as 0.
    The maximum gets `MAX_OPACITY`, unless it is below `MIN_SCALE`. The same input gives the same bytes. Raises
    ValueError for an array of another shape or a size below 1.
    """
    if saliency.ndim != 2 or not saliency.size:
        raise ValueError(f"saliency must have the shape (bands, time), both at least 1; it has {saliency.shape}.")
    if width < 1 or height < 1:
        raise ValueError(f"The image size is {width} x {height} pixels; both must be at least 1.")
    share = np.maximum(saliency, 0.0) / max(float(saliency.max()), MIN_SCALE)
    levels = Image.fromarray(np.round(255 * MAX_OPACITY * share).astype(np.uint8)[::-1])
    # One colour with 256 opacities: a palette image is far smaller than an RGBA image.
    image = levels.resize((width, height), Image.Resampling.BICUBIC)
    image.putpalette(bytes(COLOUR) * 256)
    png = io.BytesIO()
    image.save(png, "PNG", optimize=True, transparency=bytes(range(256)))
    return png.getvalue()
