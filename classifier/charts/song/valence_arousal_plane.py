"""The valence-arousal plane: its named regions, the nine moods, the song, its way, and where each network hears it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from classifier import ml_gateway
from classifier.charts.mood_names import Side
from classifier.charts.palette import NEUTRAL
from classifier.charts.song.passages import Passage

SIZE, MARGIN = 400, 26
LEAST, MOST = 1.0, 9.0
NAME_WIDTH, NAME_HEIGHT = 76, 20
"""The room of a mood's name, with the song's dot beside it."""

# The corners, each with its quadrant's words: (quadrant, right, above).
_CORNERS = (("Q1", True, True), ("Q2", False, True), ("Q3", False, False), ("Q4", True, False))


@dataclass(frozen=True)
class Region:
    """A quarter of the plane and what it is called."""

    words: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True)
class Place:
    side: Side
    x: float
    y: float
    text_x: float
    anchor: str


@dataclass(frozen=True)
class Plane:
    size: int
    margin: int
    inner: int
    middle: float
    far: int
    places: list[Place]
    x: float
    y: float
    path: str
    valence: str
    arousal: str
    words: str
    regions: list[Region]
    region: str
    """What the song's own region is called."""
    times: str = ""
    """At which second the way is at each of its points."""
    start: Point | None = None
    networks: dict[str, Point] = field(default_factory=dict)


def plane(
    valence: float, arousal: float, way: Sequence[Passage], models: Mapping[str, Mapping[str, Any]] | None = None
) -> Plane:
    """`models` are the scores that each network alone gives the song; without them only the song is shown."""
    points = [(_x(v), _y(a)) for v, a in _smooth([(moment.valence, moment.arousal) for moment in way])]
    moves = len(points) > 1
    return Plane(
        size=SIZE,
        margin=MARGIN,
        inner=SIZE - 2 * MARGIN,
        middle=SIZE / 2,
        far=SIZE - MARGIN,
        places=[_place(key, _x(valence), _y(arousal)) for key in ml_gateway.EMOTIONS],
        x=_x(valence),
        y=_y(arousal),
        path=" ".join(f"{x},{y}" for x, y in points) if moves else "",
        valence=f"{valence:.1f}",
        arousal=f"{arousal:.1f}",
        words=_words(valence, arousal),
        regions=[_region(*corner) for corner in _CORNERS],
        region=_quadrant_words(valence, arousal),
        times=" ".join(f"{(moment.start_s + moment.end_s) / 2:.1f}" for moment in way) if moves else "",
        start=Point(*points[0]) if moves else None,
        networks={name: Point(_x(scores["valence"]), _y(scores["arousal"])) for name, scores in (models or {}).items()},
    )


def _region(quadrant: str, right: bool, above: bool) -> Region:
    return Region(
        words=ml_gateway.QUADRANT_WORDS[quadrant],
        x=SIZE - MARGIN - 12 if right else MARGIN + 12,
        y=MARGIN + 22 if above else SIZE - MARGIN - 13,
        anchor="end" if right else "start",
    )


def _quadrant_words(valence: float, arousal: float) -> str:
    corner = (valence >= NEUTRAL, arousal >= NEUTRAL)
    return next(ml_gateway.QUADRANT_WORDS[quadrant] for quadrant, *at in _CORNERS if tuple(at) == corner)


def _place(key: str, song_x: float, song_y: float) -> Place:
    mood = ml_gateway.MOODS[key]
    x, y = _x(mood.valence), _y(mood.arousal)
    # Names grow away from the middle, where the moods crowd, unless the song lies there.
    outward = 1 if mood.valence >= 5 else -1
    if abs(song_y - y) < NAME_HEIGHT and 0 < (song_x - x) * outward < NAME_WIDTH:
        outward = -outward
    return Place(Side(key), x, y, x + 9 * outward, "start" if outward > 0 else "end")


def _smooth(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Each point as the mean of itself and its neighbours: the way shows, its trembling does not."""
    around = [points[max(i - 1, 0) : i + 2] for i in range(len(points))]
    return [(sum(v for v, _ in near) / len(near), sum(a for _, a in near) / len(near)) for near in around]


def _words(valence: float, arousal: float) -> str:
    pleasant = "pleasant" if valence >= 5.5 else "unpleasant" if valence <= 4.5 else "neither pleasant nor unpleasant"
    lively = "lively" if arousal >= 5.5 else "quiet" if arousal <= 4.5 else "neither lively nor quiet"
    return f"{pleasant}, {lively}"


def _x(valence: float) -> float:
    return round(MARGIN + (valence - LEAST) / (MOST - LEAST) * (SIZE - 2 * MARGIN), 1)


def _y(arousal: float) -> float:
    return round(SIZE - MARGIN - (arousal - LEAST) / (MOST - LEAST) * (SIZE - 2 * MARGIN), 1)
