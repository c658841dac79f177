"""The song as a wave of two colours: above the middle that of the first side, below it that of the second."""

from collections.abc import Sequence
from dataclasses import dataclass

from classifier.charts.mood_names import Side
from classifier.charts.song.passages import Passage

# As many as can be told apart on a wide screen; a narrow one shows every second.
BARS = 240
HEIGHT, MIDDLE = 100, 56
"""Units of the drawing, which is stretched to its place. The first side has a little more room than the second."""
GAP = 1
QUIETEST = 3
"""Per cent of the height: silence is a line, not a hole."""


@dataclass(frozen=True)
class Stroke:
    """The bars that carry one mood's colour, as the path of an SVG; `between` is every second one."""

    css: str
    path: str
    between: str
    certain: bool


@dataclass(frozen=True)
class Waveform:
    width: int
    height: int
    strokes: list[Stroke]


def waveform(levels: Sequence[int], way: Sequence[Passage], duration_s: float) -> Waveform | None:
    """`levels`, 0 to 100, are spread evenly over the song; None for a song that was heard before they were kept."""
    if not levels or not way or duration_s <= 0:
        return None
    count = min(BARS, len(levels))
    heights = [max(levels[i * len(levels) // count : (i + 1) * len(levels) // count]) for i in range(count)]
    drawn: dict[tuple[str, bool], tuple[list[str], list[str]]] = {}
    at = 0
    for i, level in enumerate(heights):
        middle_s = (i + 0.5) / count * duration_s
        while at < len(way) - 1 and middle_s >= way[at].end_s:
            at += 1
        for key, stroke in ((way[at].primary, _up(i, level)), (way[at].secondary, _down(i, level))):
            drawn.setdefault((key, way[at].certain), ([], []))[i % 2].append(stroke)
    strokes = [
        Stroke(Side(key).css, "".join(even), "".join(odd), certain) for (key, certain), (even, odd) in drawn.items()
    ]
    return Waveform(count, HEIGHT, strokes)


def _up(i: int, level: int) -> str:
    return f"M{i}.5 {MIDDLE - GAP}v-{_reach(level, MIDDLE - GAP)}"


def _down(i: int, level: int) -> str:
    return f"M{i}.5 {MIDDLE + GAP}v{_reach(level, HEIGHT - MIDDLE - GAP)}"


def _reach(level: int, room: int) -> float:
    return round(max(min(level, 100), QUIETEST) / 100 * room, 1)
