"""Two songs on one axis of time: second beside second, or each stretched to the whole width."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from classifier.charts.mood_names import Headline, Side
from classifier.charts.number_text import clock, percent, ticks
from classifier.charts.palette import NEUTRAL
from classifier.charts.song.mood_timeline import Tick
from classifier.charts.song.passages import Passage, Segment, moments, passages
from classifier.charts.song.waveform import Waveform, waveform

WIDTH, HEIGHT = 1000, 100
"""Of a curve's field, which stretches with the page."""
LINES = 10
"""Of the table that says the same in words."""
LEAST, MOST = 1, 9
ROOM = 0.5
"""Between a curve and the edge of its field."""


@dataclass(frozen=True)
class Block:
    css: str
    x: str
    width: str
    certain: bool
    text: str


@dataclass(frozen=True)
class Strip:
    """One song's moods: a row for first sides, a thinner one for second sides; and its wave in their colours."""

    letter: str
    first: list[Block]
    second: list[Block]
    wave: Waveform | None
    wave_width: str


@dataclass(frozen=True)
class Curve:
    """How one score moves in both songs, between two whole numbers that leave room for both."""

    high: str
    low: str
    most: int
    least: int
    a: str
    b: str
    neutral: float | None
    """Where the line of the neutral middle runs, if it is in sight."""
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True)
class Line:
    """What both are at one moment."""

    time: str
    a: Headline | None
    b: Headline | None


@dataclass(frozen=True)
class Timed:
    """A song with its segments and how long it takes on the axis."""

    letter: str
    segments: Sequence[Segment]
    duration_s: float
    levels: Sequence[int] = ()
    """How loud it is, 0 to 100, evenly spread over the song; none for songs that were heard before they were kept."""


@dataclass(frozen=True)
class Aligned:
    strips: list[Strip]
    curves: list[Curve]
    ticks: list[Tick]
    lines: list[Line]
    stretched: bool
    length_s: float
    words: str


def aligned(a: Timed, b: Timed, *, stretched: bool) -> Aligned:
    """Where `stretched`, the axis is the part of each song; otherwise it is seconds, as long as the longer song."""
    length_s = max(a.duration_s, b.duration_s)
    ends = {one.letter: one.duration_s if stretched else length_s for one in (a, b)}
    ways = {one.letter: moments(one.segments, one.duration_s) for one in (a, b)}
    return Aligned(
        strips=[strip(one, ends[one.letter]) for one in (a, b)],
        curves=[
            _curve("lively", "quiet", "arousal", ways, ends),
            _curve("pleasant", "unpleasant", "valence", ways, ends),
        ],
        ticks=axis(length_s, stretched=stretched),
        lines=_lines(a, b, ways, stretched=stretched),
        stretched=stretched,
        length_s=length_s,
        words=_words(a, b, ways, stretched=stretched),
    )


def strip(one: Timed, end_s: float) -> Strip:
    """Of an axis that ends at `end_s`, the song's part."""
    found = passages(one.segments, one.duration_s)
    return Strip(
        one.letter,
        [_block(passage, passage.primary, end_s) for passage in found],
        [_block(passage, passage.secondary, end_s) for passage in found],
        waveform(one.levels, moments(one.segments, one.duration_s), one.duration_s),
        _part(one.duration_s, end_s),
    )


def _block(passage: Passage, key: str, end_s: float) -> Block:
    time = f"{clock(passage.start_s)}–{clock(passage.end_s)}"
    return Block(
        css=Side(key).css,
        x=_part(passage.start_s, end_s),
        width=_part(passage.length_s, end_s),
        certain=passage.certain,
        text=f"{time} {passage.name}",
    )


def _curve(high: str, low: str, score: str, ways: dict[str, list[Passage]], ends: dict[str, float]) -> Curve:
    values = [getattr(moment, score) for way in ways.values() for moment in way]
    least = max(LEAST, math.floor(min(values, default=NEUTRAL) - ROOM))
    most = min(MOST, math.ceil(max(values, default=NEUTRAL) + ROOM))
    lines = {letter: _line(way, score, ends[letter], least, most) for letter, way in ways.items()}
    neutral = _height(NEUTRAL, least, most) if least < NEUTRAL < most else None
    return Curve(high, low, most, least, lines["A"], lines["B"], neutral)


def _line(way: Sequence[Passage], score: str, end_s: float, least: int, most: int) -> str:
    values = [getattr(moment, score) for moment in way]
    smooth = [_mean(values[max(i - 1, 0) : i + 2]) for i in range(len(values))]
    middles = [(moment.start_s + moment.end_s) / 2 for moment in way]
    # From the very start to the very end, however few moments there are.
    points = [(0.0, smooth[0]), *zip(middles, smooth, strict=True), (way[-1].end_s, smooth[-1])] if way else []
    return " ".join(
        f"{WIDTH * second / end_s if end_s else 0:.1f},{_height(value, least, most)}" for second, value in points
    )


def _height(value: float, least: int, most: int) -> float:
    return round(HEIGHT * (most - value) / (most - least), 1)


def axis(length_s: float, *, stretched: bool = False) -> list[Tick]:
    if stretched:
        return [Tick(f"{part}%", f"{part} %") for part in (0, 25, 50, 75)]
    return [Tick(_part(mark, length_s), clock(mark)) for mark in ticks(length_s)]


def _lines(a: Timed, b: Timed, ways: dict[str, list[Passage]], *, stretched: bool) -> list[Line]:
    length_s = max(a.duration_s, b.duration_s)
    lines = []
    for step in range(LINES):
        part = (step + 0.5) / LINES
        found = [_at(ways[one.letter], part * (one.duration_s if stretched else length_s)) for one in (a, b)]
        heads = [Headline.of_passage(passage) if passage else None for passage in found]
        lines.append(Line(f"{part:.0%}".replace("%", " %") if stretched else clock(part * length_s), *heads))
    return lines


def _words(a: Timed, b: Timed, ways: dict[str, list[Passage]], *, stretched: bool) -> str:
    """For how much of the time that both last they have the same first mood, and at least one in common."""
    scales = {one.letter: 1 / one.duration_s if stretched and one.duration_s else 1.0 for one in (a, b)}
    end = 1.0 if stretched else min(a.duration_s, b.duration_s)
    borders = {0.0, end} | {passage.start_s * scales[letter] for letter, way in ways.items() for passage in way}
    same = some = whole = 0.0
    for start, stop in pairwise(sorted(border for border in borders if border <= end)):
        middle = (start + stop) / 2
        one, other = (_at(ways[letter], middle / scales[letter]) for letter in ways)
        if one is None or other is None:
            continue
        length = stop - start
        whole += length
        same += length * (one.primary == other.primary)
        some += length * bool({one.primary, one.secondary} & {other.primary, other.secondary})
    if not whole:
        return ""
    return (
        f"Moment by moment, their first moods are the same for {percent(same / whole)} % of the time, "
        f"and they share at least one mood for {percent(some / whole)} %."
    )


def _at(way: Sequence[Passage], second: float) -> Passage | None:
    return next((passage for passage in way if passage.start_s <= second < passage.end_s), None)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _part(part_s: float, whole_s: float) -> str:
    return f"{100 * part_s / whole_s if whole_s else 0:.3f}%"
