"""The valence-arousal plane: its named regions, the mood terms, the song's position and its trajectory over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.charts.palette import NEUTRAL
from classifier.charts.primitives import Point, polyline
from classifier.charts.song.passages import Passage
from classifier.charts.song.plane_labels import Box, Field, MoodLabel, place_labels
from classifier.localized import grouped

SIZE, MARGIN = 400, 26
LEAST, MOST = 1.0, 9.0
FONT_SIZE = 12.0
REGION_WIDTH, REGION_HEIGHT = 96, 20
"""The room that a region's label takes."""
SONG_RADIUS = 11.0
NEUTRAL_BAND = 0.5
"""Within this distance of the middle a song is neither pleasant nor unpleasant, neither lively nor quiet."""

# The corner of each quadrant: (quadrant, is on the right, is at the top).
_CORNERS = (("Q1", True, True), ("Q2", False, True), ("Q3", False, False), ("Q4", True, False))


@dataclass(frozen=True)
class Region:
    """The label of a quadrant."""

    text: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class MoodPlane:
    size: int
    margin: int
    inner: int
    middle: float
    far: int
    moods: list[MoodLabel]
    song: Point
    trajectory: str
    valence: str
    arousal: str
    text: str
    regions: list[Region]
    region: str
    """The label of the song's own quadrant."""
    times: str = ""
    """The second at each point of the trajectory."""
    start: Point | None = None
    networks: dict[str, Point] = field(default_factory=dict)


def mood_plane(
    valence: float,
    arousal: float,
    moments: Sequence[Passage],
    models: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    font_size: float = FONT_SIZE,
) -> MoodPlane:
    """`models` are the scores of each network; without them only the song's own position is shown."""
    points = [(_x(v), _y(a)) for v, a in _smoothed([(moment.valence, moment.arousal) for moment in moments])]
    moves = len(points) > 1
    song = Point(_x(valence), _y(arousal))
    return MoodPlane(
        size=SIZE,
        margin=MARGIN,
        inner=SIZE - 2 * MARGIN,
        middle=SIZE / 2,
        far=SIZE - MARGIN,
        moods=mood_labels(song, font_size=font_size),
        song=song,
        trajectory=polyline(points) if moves else "",
        valence=grouped(valence, 1),
        arousal=grouped(arousal, 1),
        text=position_text(valence, arousal),
        regions=[_region(*corner) for corner in _CORNERS],
        region=_quadrant_text(valence, arousal),
        times=" ".join(f"{(moment.start_s + moment.end_s) / 2:.1f}" for moment in moments) if moves else "",
        start=Point(*points[0]) if moves else None,
        networks={name: Point(_x(scores["valence"]), _y(scores["arousal"])) for name, scores in (models or {}).items()},
    )


def plane_point(valence: float, arousal: float) -> Point:
    """The place of a song in the drawing."""
    return Point(_x(valence), _y(arousal))


def position_text(valence: float, arousal: float) -> str:
    """For example "pleasant, quiet"."""
    low, high = NEUTRAL - NEUTRAL_BAND, NEUTRAL + NEUTRAL_BAND
    pleasant = gettext("neither pleasant nor unpleasant")
    if not low < valence < high:
        pleasant = gettext("pleasant") if valence >= high else gettext("unpleasant")
    lively = gettext("neither lively nor quiet")
    if not low < arousal < high:
        lively = gettext("lively") if arousal >= high else gettext("quiet")
    return f"{pleasant}, {lively}"


def _region(quadrant: str, right: bool, top: bool) -> Region:
    return Region(
        text=gettext(ml_gateway.QUADRANT_WORDS[quadrant]),
        x=SIZE - MARGIN - 12 if right else MARGIN + 12,
        y=MARGIN + 22 if top else SIZE - MARGIN - 13,
        anchor="end" if right else "start",
    )


def _region_box(right: bool, top: bool) -> Box:
    left = SIZE - MARGIN - 10 - REGION_WIDTH if right else MARGIN + 10
    upper = MARGIN + 8 if top else SIZE - MARGIN - 8 - REGION_HEIGHT
    return Box(left, upper, left + REGION_WIDTH, upper + REGION_HEIGHT)


def _quadrant_text(valence: float, arousal: float) -> str:
    corner = (valence >= NEUTRAL, arousal >= NEUTRAL)
    return next(gettext(ml_gateway.QUADRANT_WORDS[quadrant]) for quadrant, *at in _CORNERS if tuple(at) == corner)


def mood_labels(*songs: Point, font_size: float = FONT_SIZE, song_radius: float = SONG_RADIUS) -> list[MoodLabel]:
    """The terms at their places, with labels that make room for the markers of these songs."""
    return place_labels(_dots(), _field(font_size), [(song, song_radius) for song in songs])


@cache
def _dots() -> tuple[tuple[str, Point], ...]:
    return tuple((key, Point(_x(mood.valence), _y(mood.arousal))) for key, mood in ml_gateway.MOODS.items())


@cache
def _field(font_size: float) -> Field:
    edge, far = MARGIN + 2.0, SIZE - MARGIN - 2.0
    return Field(
        bounds=Box(edge, edge, far, far),
        regions=tuple(_region_box(right, top) for _, right, top in _CORNERS),
        font_size=font_size,
    )


def _smoothed(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """A moving average over three points."""
    windows = [points[max(i - 1, 0) : i + 2] for i in range(len(points))]
    return [(sum(v for v, _ in window) / len(window), sum(a for _, a in window) / len(window)) for window in windows]


def _x(valence: float) -> float:
    return round(MARGIN + (valence - LEAST) / (MOST - LEAST) * (SIZE - 2 * MARGIN), 1)


def _y(arousal: float) -> float:
    return round(SIZE - MARGIN - (arousal - LEAST) / (MOST - LEAST) * (SIZE - 2 * MARGIN), 1)
