"""The waveform in two colours: above the middle that of the first side, below it that of the second."""

from collections.abc import Sequence
from dataclasses import dataclass

from classifier.charts.mood_names import css_name
from classifier.charts.song.passages import Passage

# As many bars as a wide screen can show; a narrow one shows every second.
BARS = 240
HEIGHT, MIDDLE = 100, 56
"""Units of the drawing, which stretches to its place. The first side has a little more room than the second."""
GAP = 1
LEAST_PERCENT = 3
"""Of the height: silence is a line, not a gap."""


@dataclass(frozen=True)
class Stroke:
    """All bars in one mood's colour, as SVG paths: `path` has the even bars, `odd_path` those for wide screens only."""

    css: str
    path: str
    odd_path: str
    certain: bool


@dataclass(frozen=True)
class Waveform:
    width: int
    height: int
    strokes: list[Stroke]


def waveform(levels: Sequence[int], moments: Sequence[Passage], duration_s: float) -> Waveform | None:
    """`levels` (0..100) are evenly spaced over the song; None for songs analysed before levels were stored."""
    if not levels or not moments or duration_s <= 0:
        return None
    count = min(BARS, len(levels))
    heights = [max(levels[i * len(levels) // count : (i + 1) * len(levels) // count]) for i in range(count)]
    paths: dict[tuple[str, bool], tuple[list[str], list[str]]] = {}
    current = 0
    for i, level in enumerate(heights):
        middle_s = (i + 0.5) / count * duration_s
        while current < len(moments) - 1 and middle_s >= moments[current].end_s:
            current += 1
        moment = moments[current]
        for key, bar in ((moment.primary, _bar_up(i, level)), (moment.secondary, _bar_down(i, level))):
            paths.setdefault((key, moment.certain), ([], []))[i % 2].append(bar)
    strokes = [
        Stroke(css_name(key), "".join(even), "".join(odd), certain) for (key, certain), (even, odd) in paths.items()
    ]
    return Waveform(count, HEIGHT, strokes)


def _bar_up(i: int, level: int) -> str:
    return f"M{i}.5 {MIDDLE - GAP}v-{_height(level, MIDDLE - GAP)}"


def _bar_down(i: int, level: int) -> str:
    return f"M{i}.5 {MIDDLE + GAP}v{_height(level, HEIGHT - MIDDLE - GAP)}"


def _height(level: int, room: int) -> float:
    return round(max(min(level, 100), LEAST_PERCENT) / 100 * room, 1)
