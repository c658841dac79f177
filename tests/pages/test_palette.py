"""Colours of moods."""

import re
from itertools import pairwise
from math import cos, pi, sin
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from classifier.charts.palette import colour, hue
from ml.moods import MOODS

STYLES = Path(settings.BASE_DIR, "static", "css", "foundation.css").read_text()
PAPER = dict(
    zip(("light", "dark"), re.search(r"--paper: light-dark\((#\w{6}), (#\w{6})\)", STYLES).groups(), strict=True)
)
LEAST_CONTRAST = 3.0


def luminance(shade: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    channels = [int(shade[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("mood", MOODS.values(), ids=lambda mood: mood.key)
def test_every_mood_has_enough_contrast_to_the_background(mood, theme: str) -> None:
    assert contrast(colour(mood.valence, mood.arousal, theme), PAPER[theme]) >= LEAST_CONTRAST


def test_every_position_in_the_plane_has_enough_contrast() -> None:
    places = [(valence / 2, arousal / 2) for valence in range(2, 19) for arousal in range(2, 19)]
    for theme, paper in PAPER.items():
        assert min(contrast(colour(*place, theme), paper) for place in places) >= LEAST_CONTRAST


def test_the_hue_changes_continuously_around_the_neutral_point() -> None:
    around = [hue(5 + cos(step * pi / 180), 5 + sin(step * pi / 180)) for step in range(-180, 181)]
    turns = [(after - before + 180) % 360 - 180 for before, after in pairwise(around)]
    assert max(abs(turn) for turn in turns) < 3
    assert round(abs(sum(turns))) == 360


def test_the_stylesheet_has_a_colour_for_every_mood(client: Client, db: None) -> None:
    response = client.get("/moods.css")
    assert response.headers["Content-Type"].startswith("text/css")
    for key in MOODS:
        assert f".mood-{key.replace('_', '-')}{{--mood:light-dark(#" in response.text
    again = client.get("/moods.css", headers={"if-none-match": response.headers["ETag"]})
    assert again.status_code == 304
