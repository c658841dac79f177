"""Colours and markers of moods."""

import re
from collections.abc import Sequence
from itertools import combinations
from math import dist
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from classifier.charts.mood_markers import mood_markers
from classifier.charts.palette import shades
from ml.moods import MOODS

STYLES = Path(settings.BASE_DIR, "static", "css", "foundation.css").read_text()
PAPER = dict(
    zip(("light", "dark"), re.search(r"--paper: light-dark\((#\w{6}), (#\w{6})\)", STYLES).groups(), strict=True)
)
RAISED = dict(
    zip(("light", "dark"), re.search(r"--raised: light-dark\((#\w{6}), (#\w{6})\)", STYLES).groups(), strict=True)
)
LEAST_CONTRAST = 3.0
LEAST_DISTANCE = 0.09
LEAST_DISTANCE_SEEN = 0.025
"""For people with colour blindness; markers and labels help them."""
TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
TO_OKLAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
# Machado, Oliveira, Fernandes 2009, severity 1, on linear sRGB.
COLOUR_BLINDNESS = {
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
}


def linear(shade: str) -> list[float]:
    """Linear sRGB, 0..1."""
    channels = [int(shade[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def luminance(shade: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    return sumprod((0.2126, 0.7152, 0.0722), linear(shade))


def oklab(channels: Sequence[float]) -> list[float]:
    """OKLab (Björn Ottosson, 2020), in which distances are about as large as they look."""
    cones = [sumprod(row, channels) ** (1 / 3) for row in TO_CONES]
    return [sumprod(row, cones) for row in TO_OKLAB]


def sumprod(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", PAPER)
@pytest.mark.parametrize("mood", MOODS)
def test_every_mood_has_enough_contrast_to_the_background(mood: str, theme: str) -> None:
    colour = shades()[mood].colour(theme)
    assert contrast(colour, PAPER[theme]) >= LEAST_CONTRAST
    assert contrast(colour, RAISED[theme]) >= LEAST_CONTRAST


@pytest.mark.parametrize("theme", PAPER)
def test_the_colours_of_two_moods_are_never_alike(theme: str) -> None:
    colours = {mood: oklab(linear(shade.colour(theme))) for mood, shade in shades().items()}
    distances = {pair: dist(*(colours[mood] for mood in pair)) for pair in combinations(colours, 2)}
    assert min(distances.values()) >= LEAST_DISTANCE, min(distances, key=distances.__getitem__)


@pytest.mark.parametrize("theme", PAPER)
@pytest.mark.parametrize("kind", COLOUR_BLINDNESS)
def test_the_colours_differ_for_people_with_colour_blindness(kind: str, theme: str) -> None:
    matrix = COLOUR_BLINDNESS[kind]
    seen = {
        mood: oklab([min(max(sumprod(row, linear(shade.colour(theme))), 0.0), 1.0) for row in matrix])
        for mood, shade in shades().items()
    }
    distances = {pair: dist(*(seen[mood] for mood in pair)) for pair in combinations(seen, 2)}
    assert min(distances.values()) >= LEAST_DISTANCE_SEEN, min(distances, key=distances.__getitem__)


def test_every_mood_has_a_marker_of_its_own() -> None:
    markers = mood_markers()
    assert list(markers) == list(MOODS)
    assert len({marker.shape for marker in markers.values()}) == len(MOODS)


def test_the_stylesheet_has_a_colour_for_every_mood(client: Client, db: None) -> None:
    response = client.get("/moods.css")
    assert response.headers["Content-Type"].startswith("text/css")
    for key in MOODS:
        assert f".mood-{key}{{--mood:light-dark(#" in response.text
    again = client.get("/moods.css", headers={"if-none-match": response.headers["ETag"]})
    assert again.status_code == 304
