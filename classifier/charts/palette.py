"""The mood palette: a colour for each mood term, for the light and the dark theme.

Hues follow the families of the terms: yellow to orange for the lively and pleasant, pink and red for desire and anger,
blue and violet for sorrow and longing, green and turquoise for rest. Several terms lie close in the valence-arousal
plane, so a colour that followed from the place alone would not tell them apart: lightness and chroma separate
neighbours. Colours are given in OKLCH (Björn Ottosson, 2020), where equal steps look equal, and written as sRGB for
all browsers. Tests check their contrast to the background and their distance from each other, also as people with
colour blindness see them. Charts never rely on colour alone: see `mood_markers`.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from classifier import ml_gateway

NEUTRAL = 5.0
"""The middle of the valence and arousal scales."""


@dataclass(frozen=True)
class Shade:
    """An OKLCH hue in degrees, with lightness and chroma for each theme."""

    hue: float
    light: tuple[float, float]
    dark: tuple[float, float]

    def colour(self, theme: str) -> str:
        """As #rrggbb, for the "light" or the "dark" theme."""
        return srgb(*(self.dark if theme == "dark" else self.light), self.hue)


# In the order of the vocabulary. Every theme has a contrast of at least 3:1 to the background, as graphics need
# (WCAG 1.4.11).
_SHADES = (
    Shade(79, (0.65, 0.14), (0.80, 0.14)),  # amber
    Shade(46, (0.60, 0.17), (0.72, 0.17)),  # orange
    Shade(114, (0.58, 0.11), (0.88, 0.15)),  # olive, lime
    Shade(37, (0.41, 0.12), (0.56, 0.14)),  # rust
    Shade(355, (0.63, 0.20), (0.73, 0.14)),  # pink
    Shade(20, (0.51, 0.19), (0.64, 0.20)),  # red
    Shade(334, (0.39, 0.15), (0.57, 0.18)),  # purple
    Shade(311, (0.30, 0.04), (0.53, 0.03)),  # aubergine, slate
    Shade(257, (0.56, 0.13), (0.74, 0.12)),  # blue
    Shade(300, (0.50, 0.11), (0.68, 0.15)),  # violet
    Shade(15, (0.64, 0.08), (0.87, 0.06)),  # rose
    Shade(161, (0.53, 0.11), (0.78, 0.13)),  # green
    Shade(214, (0.63, 0.09), (0.88, 0.09)),  # sky
    Shade(264, (0.38, 0.11), (0.61, 0.13)),  # navy
    Shade(200, (0.44, 0.07), (0.67, 0.10)),  # petrol
    Shade(68, (0.46, 0.05), (0.66, 0.04)),  # brown
)


@cache
def shades() -> Mapping[str, Shade]:
    """By mood term."""
    return dict(zip(ml_gateway.MOODS, _SHADES, strict=True))


def stylesheet(moods: Iterable[str]) -> str:
    """CSS rules that set `--mood` for the class `mood-KEY`, and `--first` and `--second` for a composite mood."""
    return "".join(rule(key, shades()[key].colour("light"), shades()[key].colour("dark")) + "\n" for key in moods)


def rule(key: str, light: str, dark: str) -> str:
    """The rules for one mood."""
    shade = f"light-dark({light}, {dark})"
    return f".mood-{key}{{--mood:{shade}}}.first-{key}{{--first:{shade}}}.second-{key}{{--second:{shade}}}"


def part_rule(key: str) -> str:
    """The rule for a part of a split term, such as "sad.desperate", in the colour of its term."""
    colours = shades()[ml_gateway.base_term(key)]
    return rule(key.replace(".", "-"), colours.colour("light"), colours.colour("dark")) + "\n"


def srgb(lightness: float, chroma: float, degrees: float) -> str:
    """OKLCH to #rrggbb; chroma is reduced in small steps until sRGB can represent the colour."""
    while True:
        channels = _linear(lightness, chroma, degrees)
        if chroma <= 0 or all(-1e-4 <= channel <= 1 + 1e-4 for channel in channels):
            break
        chroma -= 0.004
    return "#" + "".join(f"{round(255 * _gamma(min(max(channel, 0.0), 1.0))):02x}" for channel in channels)


def _linear(lightness: float, chroma: float, degrees: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(degrees)), chroma * math.sin(math.radians(degrees))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _gamma(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055
