"""How even the steps of a path are, measured in a library of two thousand songs that lie as songs do."""

from __future__ import annotations

import random
from itertools import pairwise
from math import dist
from statistics import fmean, pstdev

import pytest

from classifier.models import Person, Song
from classifier.playlists.choose import choose
from classifier.playlists.rule import PathEnd, PlaylistRule
from classifier.sort_models import MOOD_COLUMNS
from tests.classifier.playlists.shelf import shelve_moods

SONGS = 2000
PATHS = [
    (PathEnd(mood="sad"), PathEnd(mood="joyful"), 15),
    (PathEnd(mood="calm"), PathEnd(mood="energetic"), 12),
    (PathEnd(place=(3.5, 3.5)), PathEnd(place=(7.0, 6.5)), 25),
    (PathEnd(place=(6.5, 6.0)), PathEnd(place=(4.0, 4.0)), 10),
]
TERMS = {"sad": (3.0, 3.9), "joyful": (7.8, 5.8), "calm": (7.0, 2.2), "energetic": (6.3, 6.1)}


@pytest.fixture
def library(anna: Person) -> Person:
    """Valence and arousal go together a little and are dense in the middle, as those of the labelled clips; the chance
    of a term falls with the distance from its place."""
    chance = random.Random(16)
    first = shelve_moods(anna, "Song 0")
    template = {field.attname: getattr(first, field.attname) for field in Song._meta.concrete_fields}
    songs = []
    for number in range(1, SONGS):
        arousal = chance.gauss(4.8, 0.9)
        valence = chance.gauss(5.3 + 0.3 * (arousal - 4.8), 1.0)
        place = {"sort_valence": min(max(valence, 1.0), 9.0), "sort_arousal": min(max(arousal, 1.0), 9.0)}
        chances = {
            MOOD_COLUMNS[term]: 1 / (1 + dist(at, (valence, arousal)) ** 2) + 0.001 * chance.random()
            for term, at in TERMS.items()
        }
        names = {"title": f"Song {number}", "sort_title": f"song {number}", "sha256": f"even{number:060}"}
        values = template | names | place | chances | {"sort_artist": f"artist {number % 300}"}
        del values["id"]
        songs.append(Song(**values))
    Song.objects.bulk_create(songs)
    return anna


@pytest.mark.parametrize(("start", "end", "number"), PATHS, ids=str)
def test_the_steps_of_a_path_are_even_and_never_go_back(
    library: Person, start: PathEnd, end: PathEnd, number: int
) -> None:
    rule = PlaylistRule(order="path", start=start, end=end, songs=number, artist_gap=3)

    songs = [one.song for one in choose(library, rule.checked())]

    assert len(songs) == number
    places = [(song.sort_valence or 0.0, song.sort_arousal or 0.0) for song in songs]
    whole = dist(places[0], places[-1])
    along = [_along(place, places[0], places[-1]) for place in places]
    steps = [after - before for before, after in pairwise(along)]
    assert all(step > 0 for step in steps), "a path goes back"
    even = whole / (number - 1)
    # Measured: steps deviate by 11 to 20 % of their mean, the longest is 1.14 to 1.32 of it, and songs lie at most
    # 0.05 to 0.19 points beside the line.
    assert fmean(steps) == pytest.approx(even, rel=1e-6)
    assert pstdev(steps) < 0.3 * even
    assert max(steps) < 1.6 * even
    assert max(_beside(place, places[0], places[-1]) for place in places) < 0.25


def _along(place: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    along = sum((one - a) * (b - a) for one, a, b in zip(place, start, end, strict=True))
    return along / dist(start, end)


def _beside(place: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    (x, y), (a, b), (c, d) = place, start, end
    return abs((x - a) * (d - b) - (y - b) * (c - a)) / dist(start, end)
