"""The nine emotions as a petal chart: every petal has a fixed direction, so a mood is recognised by its shape.

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
from classifier.charts.primitives import polyline

SIZE, RADIUS = 400, 142
CENTRE = SIZE / 2
HALF_WIDTH = 0.3
"""Half of a petal's width relative to its length: adjacent petals of the same length just touch."""
LABEL_RADIUS = RADIUS + 14


@dataclass(frozen=True)
class Petal:
    side: Side
    percent: int
    path: str
    rotation: float
    is_chosen: bool
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True)
class PetalChart:
    size: int
    centre: float
    petals: list[Petal]
    ring_radii: list[float]
    typical: str
    """The outline of the shares that music has on average."""
    text: str


def petal_chart(emotions: Mapping[str, float], moods: Collection[str], axis_end: float) -> PetalChart:
    """`axis_end` is the share at which a petal reaches the rim; `moods` are the sides of the composite mood."""
    angles = petal_angles()
    petals = [_petal(key, emotions[key], angles[key], axis_end, is_chosen=key in moods) for key in angles]
    typical = [_point(angles[key], _length(ml_gateway.MOODS[key].prevalence, axis_end)) for key in angles]
    return PetalChart(
        size=SIZE,
        centre=CENTRE,
        # The chosen petals last, so that they lie on top.
        petals=sorted(petals, key=lambda petal: petal.is_chosen),
        ring_radii=[round(_length(share, axis_end), 1) for share in (axis_end / 4, axis_end)],
        typical=polyline(typical),
        text=", ".join(
            f"{petal.side.adjective} {petal.percent} %" for petal in sorted(petals, key=lambda petal: -petal.percent)
        ),
    )


@cache
def petal_angles() -> dict[str, float]:
    """Degrees counter-clockwise from the right: evenly spaced, as close to each emotion's own angle as possible."""
    own = {key: _plane_angle(mood) for key, mood in ml_gateway.MOODS.items()}
    ordered = sorted(own, key=own.__getitem__)
    step = 360 / len(ordered)
    offset = sum(own[key] - i * step for i, key in enumerate(ordered)) / len(ordered)
    return {key: offset + i * step for i, key in enumerate(ordered)}


def _plane_angle(mood: ml_gateway.Mood) -> float:
    return math.degrees(math.atan2(mood.arousal - NEUTRAL, mood.valence - NEUTRAL)) % 360


def _petal(key: str, share: float, angle: float, axis_end: float, *, is_chosen: bool) -> Petal:
    length = _length(share, axis_end)
    wide = HALF_WIDTH * length
    x, y = _point(angle, LABEL_RADIUS)
    return Petal(
        side=Side(key),
        percent=percent(share),
        path=(
            f"M0 0C{length * 0.3:.1f} {-wide:.1f} {length * 0.85:.1f} {-wide:.1f} {length:.1f} 0"
            f"C{length * 0.85:.1f} {wide:.1f} {length * 0.3:.1f} {wide:.1f} 0 0Z"
        ),
        rotation=round(-angle, 1),
        is_chosen=is_chosen,
        label_x=x,
        label_y=y,
        anchor="middle" if abs(x - CENTRE) < RADIUS / 3 else "start" if x > CENTRE else "end",
    )


def _length(share: float, axis_end: float) -> float:
    return RADIUS * math.sqrt(max(share, 0.0) / axis_end)


def _point(angle: float, length: float) -> tuple[float, float]:
    radians = math.radians(angle)
    return round(CENTRE + length * math.cos(radians), 1), round(CENTRE - length * math.sin(radians), 1)
