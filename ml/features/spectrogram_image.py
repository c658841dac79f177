"""The spectrogram as a picture."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

RANGE_DB = 80.0
"""What lies this far below the loudest point of the picture is black, as is silence."""

COLOURS = 256
DARKEST, BRIGHTEST = 0.08, 0.97
"""OKLab lightness at the ends, 0..1."""

HUES_DEG = (275.0, 465.0)
"""OKLCH hue from dark to bright: indigo, purple, red, orange, pale yellow (465 is 105, one turn on)."""

MOST_CHROMA = 0.19
"""OKLCH chroma; sRGB ends at about 0.3, which is too shrill for a background."""


def spectrogram_png(mel_db: NDArray[np.float32], width: int, height: int) -> bytes:
    """Draws a mel spectrogram as a PNG of `width` x `height` pixels, low bands at the bottom.

    `mel_db`: dB on any scale, float32 of shape (n_mels, steps), both at least 1; what is not a number counts
    as silence. The loudest point is brightest, and `RANGE_DB` below it is darkest. Where several steps or
    bands share a pixel, the loudest is shown, so that a single beat stays visible in a song of two hours;
    where there are fewer than pixels, they are interpolated. The same input gives the same bytes.

    Raises ValueError for an array of another shape or a size below 1.
    """
    if mel_db.ndim != 2 or not mel_db.size:
        raise ValueError(f"mel_db must have the shape (n_mels, steps), both at least 1; it has {mel_db.shape}.")
    if width < 1 or height < 1:
        raise ValueError(f"A picture of {width} x {height} pixels cannot be drawn; both must be at least 1.")
    cells = _loudest(_loudest(mel_db, width, axis=1), height, axis=0)
    levels = _levels(cells)[::-1]
    picture = Image.fromarray(levels).resize((width, height), Image.Resampling.BILINEAR)
    picture.putpalette(colour_map().tobytes())
    png = io.BytesIO()
    picture.save(png, "PNG", optimize=True)
    return png.getvalue()


@cache
def colour_map() -> NDArray[np.uint8]:
    """The colours from silence to the loudest: uint8 of shape (256, 3), sRGB.

    Perceptually even: lightness rises in equal steps in OKLab, so that it also reads in grey and to the
    colour-blind; hue turns once from indigo to yellow, with as much chroma as the screen can show.
    Source: B. Ottosson, "A perceptual color space for image processing" (2020).
    """
    rise = np.linspace(0.0, 1.0, COLOURS)
    lightness = DARKEST + (BRIGHTEST - DARKEST) * rise
    hue = np.deg2rad(HUES_DEG[0] + (HUES_DEG[1] - HUES_DEG[0]) * rise)
    chroma = MOST_CHROMA * np.sin(np.pi * rise**0.8) ** 0.6
    for _ in range(600):  # colours that no screen shows are made paler until one does
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
    """OKLCH to linear sRGB, shape (colours, 3); outside 0..1 where a screen cannot show it."""
    lab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=1)
    cone_roots = lab @ np.array(
        [
            [1.0, 1.0, 1.0],
            [0.3963377774, -0.1055613458, -0.0894841775],
            [0.2158037573, -0.0638541728, -1.2914855480],
        ]
    )
    return cone_roots**3 @ np.array(
        [
            [4.0767416621, -1.2684380046, -0.0041960863],
            [-3.3077115913, 2.6097574011, -0.7034186147],
            [0.2309699292, -0.3413193965, 1.7076147010],
        ]
    )


def _loudest(values: NDArray[np.float32], most: int, axis: int) -> NDArray[np.float32]:
    """At most `most` values along `axis`, each the largest of its even share; fewer stay as they are."""
    count = values.shape[axis]
    if count <= most:
        return values
    starts = np.arange(most) * count // most
    return np.fmax.reduceat(values, starts, axis=axis)  # passes over what is not a number


def _levels(cells: NDArray[np.float32]) -> NDArray[np.uint8]:
    cells = np.nan_to_num(cells, nan=-np.inf, posinf=-np.inf, neginf=-np.inf)
    loudest = cells.max()
    if not np.isfinite(loudest):
        return np.zeros(cells.shape, np.uint8)
    share = np.clip(1.0 + (cells - loudest) / RANGE_DB, 0.0, 1.0)
    return np.round(share * (COLOURS - 1)).astype(np.uint8)
