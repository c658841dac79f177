"""The mood palette: a colour follows from a position in the valence-arousal plane, so similar moods look alike.

Hue turns with the angle around the neutral point: amber where it is pleasant and lively, red where unpleasant and
lively, blue where unpleasant and quiet, green where pleasant and quiet. Lightness rises with valence, and chroma with
the distance from neutral. Colours are computed in OKLCH (Björn Ottosson, 2020), where equal steps look equal, and
written as sRGB for all browsers.
"""

import math
from collections.abc import Iterable
from itertools import pairwise

NEUTRAL, REACH = 5.0, 4.0

# (angle in the plane, hue): pleasant and lively, unpleasant and lively, unpleasant and quiet, pleasant and quiet.
_HUES = ((-45.0, 168.0), (30.0, 68.0), (135.0, 18.0), (225.0, -95.0), (315.0, -192.0))

# Both themes have a contrast of at least 3:1 to the background, as graphics need (WCAG 1.4.11); a test checks it.
_LIGHTNESS = {"light": (0.57, 0.06), "dark": (0.74, 0.06)}
_CHROMA = {"light": (0.04, 0.15), "dark": (0.04, 0.13)}


def hue(valence: float, arousal: float) -> float:
    """OKLCH hue in degrees for a valence and an arousal of 1..9."""
    angle = math.degrees(math.atan2(arousal - NEUTRAL, valence - NEUTRAL))
    if angle < -45:
        angle += 360
    for (low, low_hue), (high, high_hue) in pairwise(_HUES):
        if angle <= high:
            return (low_hue + (high_hue - low_hue) * (angle - low) / (high - low)) % 360
    return _HUES[-1][1] % 360


def colour(valence: float, arousal: float, theme: str) -> str:
    """The colour as #rrggbb, for the "light" or the "dark" theme."""
    distance = min(math.hypot(valence - NEUTRAL, arousal - NEUTRAL) / REACH, 1.0)
    middle, lift = _LIGHTNESS[theme]
    least, more = _CHROMA[theme]
    lightness = middle + lift * max(-1.0, min(1.0, (valence - NEUTRAL) / REACH))
    return _srgb(lightness, least + more * distance, hue(valence, arousal))


def stylesheet(moods: Iterable[tuple[str, float, float]]) -> str:
    """CSS rules that set `--mood` for the class `mood-KEY`, and `--first` and `--second` for a composite mood."""
    rules = []
    for key, valence, arousal in moods:
        shade = f"light-dark({colour(valence, arousal, 'light')}, {colour(valence, arousal, 'dark')})"
        name = key.replace("_", "-")
        rules.append(
            f".mood-{name}{{--mood:{shade}}}.first-{name}{{--first:{shade}}}.second-{name}{{--second:{shade}}}"
        )
    return "\n".join(rules) + "\n"


def _srgb(lightness: float, chroma: float, degrees: float) -> str:
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
