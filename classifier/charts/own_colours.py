"""Colours that people choose for moods, in shades that can be seen in the light and in the dark theme.

A shade keeps the hue and the chroma of the colour. Its lightness changes only as far as it must, until the contrast to
every background of the theme is at least 3:1, as graphics need (WCAG 1.4.11).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache

from classifier.charts.palette import rule, srgb

BACKGROUNDS = {"light": ("#fbfaf8", "#ffffff", "#f2efea"), "dark": ("#141312", "#1d1b1a", "#0f0e0d")}
"""Those of `foundation.css`: --paper, --raised and --sunken."""
LEAST_CONTRAST = 3.0
STEP = 0.01
"""Of lightness in OKLCH, 0..1."""


def own_stylesheet(colours: Mapping[str, str]) -> str:
    """Rules for these keys of terms and parts, behind those of the palette."""
    return "".join(
        rule(key.replace(".", "-"), shade(colour, "light"), shade(colour, "dark")) + "\n"
        for key, colour in colours.items()
    )


@cache
def shade(colour: str, theme: str) -> str:
    """The colour, #rrggbb, for the "light" or the "dark" theme."""
    lightness, chroma, hue = _oklch(colour)
    shown = colour
    while contrast(shown, theme) < LEAST_CONTRAST:
        lightness += STEP if theme == "dark" else -STEP
        shown = srgb(lightness, chroma, hue)
    return shown


def contrast(colour: str, theme: str) -> float:
    """The lowest to a background of the theme, 1..21, as WCAG 2.2 defines it."""
    own = _luminance(colour)
    return min((max(own, other) + 0.05) / (min(own, other) + 0.05) for other in map(_luminance, BACKGROUNDS[theme]))


def _luminance(colour: str) -> float:
    return sum(weight * channel for weight, channel in zip((0.2126, 0.7152, 0.0722), _linear(colour), strict=True))


def _linear(colour: str) -> tuple[float, ...]:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)


def _oklch(colour: str) -> tuple[float, float, float]:
    """Lightness 0..1, chroma, and hue in degrees (Björn Ottosson, 2020)."""
    red, green, blue = _linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360
