"""The mel spectrogram as a PNG image."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

RANGE_DB = 80.0
"""Dynamic range of the image: values this far below its maximum, and silence, are drawn darkest."""

COLOURS = 256
DARKEST, BRIGHTEST = 0.08, 0.97
"""OKLab lightness at the ends, 0..1."""

HUES_DEG = (275.0, 465.0)
"""OKLCH hue from dark to bright: indigo, purple, red, orange, pale yellow (465 is 105, one turn on)."""

MAX_CHROMA = 0.19
"""OKLCH chroma. sRGB reaches about 0.3, which is too saturated for a background."""


def spectrogram_png(mel_db: NDArray[np.float32], width: int, height: int) -> bytes:
    """Draws a mel spectrogram as a PNG of `width` x `height` pixels, low bands at the bottom.

    `mel_db`: dB on any scale, float32 (n_mels, steps), both at least 1; NaN counts as silence. The maximum is
    brightest, and `RANGE_DB` below it is darkest. If several steps or bands share a pixel, their maximum is drawn, so
    that a single beat stays visible in a song of two hours; if there are fewer than pixels, they are interpolated. The
    same input gives the same bytes.

    Raises ValueError for an array of another shape or a size below 1.
    """
    if mel_db.ndim != 2 or not mel_db.size:
        raise ValueError(f"mel_db must have the shape (n_mels, steps), both at least 1; it has {mel_db.shape}.")
    if width < 1 or height < 1:
        raise ValueError(f"The image size is {width} x {height} pixels; both must be at least 1.")
    cells = _max_pooled(_max_pooled(mel_db, width, axis=1), height, axis=0)
    levels = _levels(cells)[::-1]
    image = Image.fromarray(levels).resize((width, height), Image.Resampling.BILINEAR)
    image.putpalette(colour_map().tobytes())
    png = io.BytesIO()
    image.save(png, "PNG", optimize=True)
    return png.getvalue()


@cache
def colour_map() -> NDArray[np.uint8]:
    """The colours from silence to the maximum: uint8 (256, 3), sRGB.

    Perceptually uniform: lightness rises in equal OKLab steps, so that the image also reads in greyscale and with
    colour blindness. The hue goes from indigo to yellow, with as much chroma as sRGB can show. Source: B. Ottosson, "A
    perceptual color space for image processing" (2020).
    """
    rise = np.linspace(0.0, 1.0, COLOURS)
    lightness = DARKEST + (BRIGHTEST - DARKEST) * rise
    hue = np.deg2rad(HUES_DEG[0] + (HUES_DEG[1] - HUES_DEG[0]) * rise)
    chroma = MAX_CHROMA * np.sin(np.pi * rise**0.8) ** 0.6
    for _ in range(600):  # reduce the chroma of colours outside sRGB until they fit
        linear = _linear_srgb(lightness, chroma, hue)
        outside = ((linear < 0) | (linear > 1)).any(axis=1)
        if not outside.any():
            break
        chroma = np.where(outside, 0.995 * chroma, chroma)
    linear = np.clip(linear, 0.0, 1.0)
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.round(255 * srgb).astype(np.uint8)


def _linear_srgb(
    lightness: NDArray[np.float64], chroma: NDArray[np.float64], hue: NDArray[np.float64]
) -> NDArray[np.float64]:
    """OKLCH to linear sRGB, shape (colours, 3); outside 0..1 where sRGB cannot show the colour."""
    lab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=1)
    cone_roots = lab @ np.array(
        [
            [1.0, 1.0, 1.0],
            [0.3963377774, -0.1055613458, -0.0894841775],
            [0.2158037573, -0.0638541728, -1.2914855480],
        ]
    )
    linear: NDArray[np.float64] = cone_roots**3 @ np.array(
        [
            [4.0767416621, -1.2684380046, -0.0041960863],
            [-3.3077115913, 2.6097574011, -0.7034186147],
            [0.2309699292, -0.3413193965, 1.7076147010],
        ]
    )
    return linear


def _max_pooled(values: NDArray[np.float32], most: int, axis: int) -> NDArray[np.float32]:
    """Max pooling to at most `most` values along `axis`; fewer values stay as they are."""
    count = values.shape[axis]
    if count <= most:
        return values
    starts = np.arange(most) * count // most
    return np.fmax.reduceat(values, starts, axis=axis)  # fmax ignores NaN


def _levels(cells: NDArray[np.float32]) -> NDArray[np.uint8]:
    cells = np.nan_to_num(cells, nan=-np.inf, posinf=-np.inf, neginf=-np.inf)
    loudest = cells.max()
    if not np.isfinite(loudest):
        return np.zeros(cells.shape, np.uint8)
    share = np.clip(1.0 + (cells - loudest) / RANGE_DB, 0.0, 1.0)
    levels: NDArray[np.uint8] = np.round(share * (COLOURS - 1)).astype(np.uint8)
    return levels
