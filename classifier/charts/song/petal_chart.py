"""The nine emotions as a flower: every petal keeps its place, so that a mood is known by its shape.

Petals stand 40° apart, in the order of their angles in the valence-arousal plane: pleasant moods to the right, lively
ones above. A petal's area is the share of listeners; its length follows the square root.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from classifier import ml_gateway
from classifier.charts.mood_names import Side
from classifier.charts.number_text import percent
from classifier.charts.palette import NEUTRAL

SIZE, REACH = 400, 142
MIDDLE = SIZE / 2
HALF_WIDTH = 0.3
"""Half of a petal's width, as a part of its length: neighbours of the same length just touch."""
WORDS_AT = REACH + 14


@dataclass(frozen=True)
class Petal:
    side: Side
    percent: int
    path: str
    turn: float
    chosen: bool
    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class Ring:
    radius: float
    text: str


@dataclass(frozen=True)
class Flower:
    size: int
    middle: float
    petals: list[Petal]
    rings: list[Ring]
    typical: str
    words: str


def flower(emotions: Mapping[str, float], sides: Collection[str], scale: float) -> Flower:
    """`scale` is the share at which a petal reaches the rim; `sides` are the moods of the composite."""
    angles = directions()
    petals = [_petal(key, emotions[key], angles[key], scale, chosen=key in sides) for key in angles]
    typical = [_point(angles[key], _length(ml_gateway.MOODS[key].prevalence, scale)) for key in angles]
    strongest = sorted(petals, key=lambda petal: -petal.percent)
    return Flower(
        size=SIZE,
        middle=MIDDLE,
        # The chosen ones last, so that they lie on top.
        petals=sorted(petals, key=lambda petal: petal.chosen),
        rings=[Ring(round(_length(share, scale), 1), f"{percent(share)} %") for share in (scale / 4, scale)],
        typical=" ".join(f"{x},{y}" for x, y in typical),
        words=", ".join(f"{petal.side.adjective} {petal.percent} %" for petal in strongest),
    )


@cache
def directions() -> dict[str, float]:
    """Each emotion's direction, degrees counter-clockwise from the right: evenly spread, as near its own as can be."""
    own = {key: _own_angle(mood) for key, mood in ml_gateway.MOODS.items()}
    ordered = sorted(own, key=own.__getitem__)
    step = 360 / len(ordered)
    turn = sum(own[key] - i * step for i, key in enumerate(ordered)) / len(ordered)
    return {key: turn + i * step for i, key in enumerate(ordered)}


def _own_angle(mood: ml_gateway.Mood) -> float:
    return math.degrees(math.atan2(mood.arousal - NEUTRAL, mood.valence - NEUTRAL)) % 360


def _petal(key: str, share: float, angle: float, scale: float, *, chosen: bool) -> Petal:
    length = _length(share, scale)
    wide = HALF_WIDTH * length
    x, y = _point(angle, WORDS_AT)
    return Petal(
        side=Side(key),
        percent=percent(share),
        path=(
            f"M0 0C{length * 0.3:.1f} {-wide:.1f} {length * 0.85:.1f} {-wide:.1f} {length:.1f} 0"
            f"C{length * 0.85:.1f} {wide:.1f} {length * 0.3:.1f} {wide:.1f} 0 0Z"
        ),
        turn=round(-angle, 1),
        chosen=chosen,
        x=x,
        y=y,
        anchor="middle" if abs(x - MIDDLE) < REACH / 3 else "start" if x > MIDDLE else "end",
    )


def _length(share: float, scale: float) -> float:
    return REACH * math.sqrt(max(share, 0.0) / scale)


def _point(angle: float, length: float) -> tuple[float, float]:
    turn = math.radians(angle)
    return round(MIDDLE + length * math.cos(turn), 1), round(MIDDLE - length * math.sin(turn), 1)
