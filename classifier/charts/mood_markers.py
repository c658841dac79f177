"""A marker shape for each mood term, so that charts do not rely on colour alone.

Each shape is an SVG path around 0, 0 in a box of 20 by 20,
all about equal in area. Scripts that draw on a canvas read the same paths from the page's legend.
"""

from dataclasses import dataclass
from functools import cache

from classifier import ml_gateway
from classifier.active_words import active_words, word
from classifier.charts.mood_names import css_name

STAR = "M0-10L2.5-3.4L9.5-3.1L4 1.3L5.9 8.1L0 4.2L-5.9 8.1L-4 1.3L-9.5-3.1L-2.5-3.4Z"
SQUARE = "M-7-7H7V7H-7Z"
DOME = "M-10 5A10 10 0 0 1 10 5Z"
HOURGLASS = "M-8-9H8L2.5 0L8 9H-8L-2.5 0Z"
DISC = "M-8 0A8 8 0 1 0 8 0A8 8 0 1 0-8 0Z"
PEAK = "M0-10L10 7.5H-10Z"
ARROW = "M10 0L-7.5 10V-10Z"
DROP = "M0 10L10-7.5H-10Z"
DIAMOND = "M0-10L10 0L0 10L-10 0Z"
LENS = "M0-10.5C8.5-3.5 8.5 3.5 0 10.5C-8.5 3.5-8.5-3.5 0-10.5Z"
CROSS = "M-9.5-5.5L-5.5-9.5L0-4L5.5-9.5L9.5-5.5L4 0L9.5 5.5L5.5 9.5L0 4L-5.5 9.5L-9.5 5.5L-4 0Z"
PLUS = "M-3-9.5H3V-3H9.5V3H3V9.5H-3V3H-9.5V-3H-3Z"
HEART = "M0 9.5L-8.2.7C-12-4.5-5-12 0-5.2C5-12 12-4.5 8.2.7Z"
BOLT = "M3.5-10.5L-8.5 3H-2L-5 10.5L8.5-3.5H2L7-10.5Z"
CRESCENT = "M5-9A10 10 0 1 0 5 9A12 12 0 0 1 5-9Z"
BAR = "M-10.5-4.5H10.5V4.5H-10.5Z"

# In the order of the vocabulary.
SHAPES = (
    DIAMOND,
    ARROW,
    PLUS,
    PEAK,
    HEART,
    BOLT,
    CROSS,
    CRESCENT,
    DROP,
    HOURGLASS,
    DOME,
    DISC,
    STAR,
    SQUARE,
    LENS,
    BAR,
)


@dataclass(frozen=True)
class MoodMarker:
    """A mood as a legend shows it."""

    key: str
    css: str
    shape: str
    position: str
    """The mood's own valence and arousal, for scripts."""

    @property
    def adjective(self) -> str:
        return word(self.key).adjective


@cache
def mood_markers() -> dict[str, MoodMarker]:
    return {key: _marker(ml_gateway.MOODS[key], shape) for key, shape in zip(ml_gateway.MOODS, SHAPES, strict=True)}


def markers_by_arousal() -> list[MoodMarker]:
    """The order of all legends and stacks: the livelier the mood, the higher. Only terms that are shown."""
    shown = set(active_words().shown_terms)
    markers = (marker for marker in mood_markers().values() if marker.key in shown)
    return sorted(markers, key=lambda marker: -ml_gateway.MOODS[marker.key].arousal)


def _marker(mood: ml_gateway.Mood, shape: str) -> MoodMarker:
    position = f"{mood.valence:g} {mood.arousal:g}"
    return MoodMarker(mood.key, css_name(mood.key), shape, position)
