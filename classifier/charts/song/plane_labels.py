"""Labels of the mood terms in the valence-arousal plane, placed so that they cover neither each other nor a song.

Several terms lie close together. Each label takes the best of a few places around its term; where it has to move away,
a line leads back.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from classifier.charts.mood_names import Side
from classifier.charts.primitives import Point

DOT_RADIUS = 4.0
GAP = 4.0
"""Between a dot and its label."""
CHARACTER_WIDTH = 0.6
LINE_HEIGHT = 1.15
"""Both relative to the font size; no usual font is wider."""
REACHES = (0.0, 8.0, 16.0, 26.0, 38.0, 52.0)
"""How far a label may move away from its dot."""
LEADER_FROM = 8.0
"""A label that has moved this far has a line to its dot."""
DIRECTIONS = 12
SIDEWAYS = 0.5
"""Cosine from which a label starts or ends at its place; otherwise it is centred there."""
ROUNDS = 3

# What a place costs for each unit of area that it covers; each unit of reach costs one.
COVERED_LABEL, COVERED_DOT, COVERED_SONG, OUTSIDE, COVERED_REGION = 20.0, 3.0, 2.0, 50.0, 1.0
CROSSING = 60.0
"""Cost of a line through another label."""
MISREAD = 10.0
"""Cost of a label without a line that is nearer to another dot than to its own."""


@dataclass(frozen=True)
class Box:
    """A rectangle; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: "Box") -> float:
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return width * height if width > 0 and height > 0 else 0.0

    def outside(self, other: "Box") -> float:
        """The area of this rectangle outside another one."""
        return (self.right - self.left) * (self.bottom - self.top) - self.overlap(other)

    def nearest(self, x: float, y: float) -> Point:
        return Point(round(min(max(x, self.left), self.right), 1), round(min(max(y, self.top), self.bottom), 1))

    def distance(self, x: float, y: float) -> float:
        return math.hypot(max(self.left - x, 0.0, x - self.right), max(self.top - y, 0.0, y - self.bottom))

    @classmethod
    def around(cls, x: float, y: float, radius: float) -> "Box":
        return cls(x - radius, y - radius, x + radius, y + radius)


@dataclass(frozen=True)
class MoodLabel:
    """A term's dot and its label; `leader` is where the line from the dot ends, if there is one."""

    side: Side
    x: float
    y: float
    text_x: float
    text_y: float
    anchor: str
    box: Box
    leader: Point | None


@dataclass(frozen=True)
class Field:
    """What labels must not leave, and what they should not cover."""

    bounds: Box
    regions: tuple[Box, ...]
    font_size: float


def place_labels(
    dots: tuple[tuple[str, Point], ...], field: Field, songs: Iterable[tuple[Point, float]]
) -> list[MoodLabel]:
    """`dots` are the terms with their positions, `songs` the markers of songs with their radii.

    Only labels that a song's marker touches move away from their usual places, so that the plane looks alike for all
    songs.
    """
    labels = list(_usual_labels(dots, field, tuple(Side(key).adjective for key, _ in dots)))
    markers = [Box.around(point.x, point.y, radius) for point, radius in songs]
    for i, label in enumerate(labels):
        if any(label.box.overlap(marker) for marker in markers):
            labels[i] = _best(label.side.key, Point(label.x, label.y), [*labels[:i], *labels[i + 1 :]], field, markers)
    return labels


@lru_cache(maxsize=32)
def _usual_labels(
    dots: tuple[tuple[str, Point], ...], field: Field, adjectives: tuple[str, ...]
) -> tuple[MoodLabel, ...]:
    """The most crowded first, then a few rounds in which each takes the best place given all others.

    The words of the terms, which make labels wide, depend on the language of the page.
    """
    points = dict(dots)
    labels: dict[str, MoodLabel] = {}
    order = sorted(points, key=lambda key: -_crowding(key, points))
    for _ in range(ROUNDS):
        for key in order:
            others = [label for other, label in labels.items() if other != key]
            unplaced = [points[other] for other in points if other not in labels and other != key]
            labels[key] = _best(key, points[key], others, field, [], unplaced)
    return tuple(labels[key] for key in points)


def _crowding(key: str, points: dict[str, Point]) -> float:
    here = points[key]
    return sum(
        1 / (1 + math.hypot(here.x - point.x, here.y - point.y)) for other, point in points.items() if other != key
    )


def _best(
    key: str,
    dot: Point,
    others: Sequence[MoodLabel],
    field: Field,
    markers: Sequence[Box],
    more_dots: Sequence[Point] = (),
) -> MoodLabel:
    other_dots = [(label.x, label.y) for label in others] + [(point.x, point.y) for point in more_dots]
    obstacles = [
        *((COVERED_LABEL, other.box) for other in others),
        *((COVERED_DOT, Box.around(x, y, DOT_RADIUS)) for x, y in other_dots),
        *((COVERED_SONG, marker) for marker in markers),
        *((COVERED_REGION, region) for region in field.regions),
    ]
    lines = [other for other in others if other.leader]

    def covered(label: MoodLabel) -> float:
        """What the label itself costs, without lines and readings."""
        box = label.box
        return OUTSIDE * box.outside(field.bounds) + sum(weight * box.overlap(one) for weight, one in obstacles)

    def confused(label: MoodLabel) -> float:
        box, own = label.box, label.box.distance(dot.x, dot.y)
        crossings = sum(_crosses(label, other.box) for other in others) + sum(_crosses(line, box) for line in lines)
        is_misread = label.leader is None and any(box.distance(x, y) <= own for x, y in other_dots)
        return CROSSING * crossings + MISREAD * is_misread

    best, best_cost = None, math.inf
    for reach in REACHES:
        # No label of this reach or more can be better.
        if best and best_cost <= reach:
            break
        for label in _candidates(key, dot, reach, field.font_size):
            cost = reach + covered(label)
            if cost < best_cost and (cost := cost + confused(label)) < best_cost:
                best, best_cost = label, cost
    assert best is not None
    return best


def _candidates(key: str, dot: Point, reach: float, font_size: float) -> Iterator[MoodLabel]:
    side = Side(key)
    width, height = len(side.adjective) * CHARACTER_WIDTH * font_size, LINE_HEIGHT * font_size
    distance = DOT_RADIUS + GAP + reach
    for step in range(DIRECTIONS):
        across, down = math.cos(2 * math.pi * step / DIRECTIONS), math.sin(2 * math.pi * step / DIRECTIONS)
        anchor = "start" if across > SIDEWAYS else "end" if across < -SIDEWAYS else "middle"
        x = dot.x + across * distance
        y = dot.y + down * (distance + (height / 2 if anchor == "middle" else 0))
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        box = Box(left, y - height / 2, left + width, y + height / 2)
        leader = box.nearest(dot.x, dot.y) if reach >= LEADER_FROM else None
        yield MoodLabel(side, dot.x, dot.y, round(x, 1), round(y, 1), anchor, box, leader)


def _crosses(label: MoodLabel, box: Box) -> bool:
    """Whether the line of a label passes through another label."""
    if label.leader is None:
        return False
    parts = [part / 8 for part in range(1, 8)]
    return any(
        box.left < label.x + part * (label.leader.x - label.x) < box.right
        and box.top < label.y + part * (label.leader.y - label.y) < box.bottom
        for part in parts
    )
