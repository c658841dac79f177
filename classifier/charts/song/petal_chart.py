"""The moods as a petal chart: every petal has a fixed direction, so a song is recognised by its shape.

Sixteen petals stand 22.5° apart, in the order of their angles in the valence-arousal plane: pleasant moods to the
right, lively ones above. A petal's area is the mood's score; its length follows the square root.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from classifier import ml_gateway
from classifier.charts.mood_names import Side
from classifier.charts.number_text import percent
from classifier.charts.palette import NEUTRAL
from classifier.charts.primitives import polyline
from classifier.charts.song.mood_scores import has_terms, mood_scores, typical_scores

SIZE, RADIUS = 440, 150
CENTRE = SIZE / 2
HALF_WIDTH = 0.165
"""Half of a petal's width relative to its length: adjacent petals of the same length just touch."""
LABEL_RADIUS = RADIUS + 12
LEAST_ASIDE = 24
"""A label this far left or right of the middle starts at its petal; one above or below is centred."""


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
    """The outline of what music has on average."""
    text: str
    view_box: str
    """The part of the drawing without labels."""


def petal_chart(scores: Mapping[str, Any], chosen: Collection[str], axis_end: float) -> PetalChart:
    """`axis_end` is the score at which a petal reaches the rim; `chosen` are the sides of the composite mood.

    An older result has nine petals, each in the direction of its term.
    """
    moods, angles = mood_scores(scores), petal_angles()
    terms = {ml_gateway.term_of(key) for key in chosen}
    petals = [_petal(key, moods[key], angles[key], axis_end, is_chosen=key in terms) for key in angles if key in moods]
    typical = typical_scores(moods, of_terms=has_terms(scores))
    outline = [_point(angles[key], _length(typical[key], axis_end)) for key in angles if key in moods]
    inner = CENTRE - RADIUS - 6
    return PetalChart(
        size=SIZE,
        centre=CENTRE,
        # The chosen petals last, so that they lie on top.
        petals=sorted(petals, key=lambda petal: petal.is_chosen),
        ring_radii=[round(_length(share, axis_end), 1) for share in (axis_end / 4, axis_end)],
        typical=polyline(outline),
        text=", ".join(
            f"{petal.side.adjective} {petal.percent} %" for petal in sorted(petals, key=lambda petal: -petal.percent)
        ),
        view_box=f"{inner:g} {inner:g} {2 * RADIUS + 12} {2 * RADIUS + 12}",
    )


@cache
def petal_angles() -> dict[str, float]:
    """Degrees counter-clockwise from the right: evenly spaced, as close to each mood's own angle as possible."""
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
        anchor="middle" if abs(x - CENTRE) < LEAST_ASIDE else "start" if x > CENTRE else "end",
    )


def _length(share: float, axis_end: float) -> float:
    return RADIUS * math.sqrt(max(share, 0.0) / axis_end)


def _point(angle: float, length: float) -> tuple[float, float]:
    radians = math.radians(angle)
    return round(CENTRE + length * math.cos(radians), 1), round(CENTRE - length * math.sin(radians), 1)
