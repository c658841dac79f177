"""The valence-arousal plane: where the nine moods lie, where the song lies, and the way it takes."""

from collections.abc import Sequence
from dataclasses import dataclass

from classifier import door
from classifier.views.drawing.moods import Side
from classifier.views.drawing.passages import Passage

SIZE, MARGIN = 400, 26
LEAST, MOST = 1.0, 9.0
NAME_WIDTH, NAME_HEIGHT = 76, 20
"""The room of a mood's name, with the song's dot beside it."""


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


def plane(valence: float, arousal: float, way: Sequence[Passage]) -> Plane:
    points = _smooth([(moment.valence, moment.arousal) for moment in way])
    return Plane(
        size=SIZE,
        margin=MARGIN,
        inner=SIZE - 2 * MARGIN,
        middle=SIZE / 2,
        far=SIZE - MARGIN,
        places=[_place(key, _x(valence), _y(arousal)) for key in door.EMOTIONS],
        x=_x(valence),
        y=_y(arousal),
        path=" ".join(f"{_x(v)},{_y(a)}" for v, a in points) if len(points) > 1 else "",
        valence=f"{valence:.1f}",
        arousal=f"{arousal:.1f}",
        words=_words(valence, arousal),
    )


def _place(key: str, song_x: float, song_y: float) -> Place:
    mood = door.MOODS[key]
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
