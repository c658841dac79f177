"""Two songs on one time axis: second by second, or each stretched to the whole width."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext

from classifier.charts.mood_names import CompositeMood, css_name
from classifier.charts.number_text import clock, percent
from classifier.charts.palette import NEUTRAL
from classifier.charts.primitives import Tick, TimeRange, percent_of, polyline, time_ticks
from classifier.charts.song.passages import Passage, Segment, moments, passages
from classifier.charts.song.waveform import Waveform, waveform

WIDTH, HEIGHT = 1000, 100
"""Of a curve's drawing, which stretches with the page."""
TABLE_ROWS = 10
LEAST, MOST = 1, 9
PADDING = 0.5
"""Between a curve and the edge of its drawing."""


@dataclass(frozen=True)
class Track:
    """A song with its segments and its levels (0..100, evenly spaced; empty for songs without stored levels)."""

    letter: str
    segments: Sequence[Segment]
    duration_s: float
    levels: Sequence[int] = ()


@dataclass(frozen=True)
class Block:
    css: str
    x: str
    width: str
    certain: bool
    text: str


@dataclass(frozen=True)
class MoodStrip:
    """One song's moods: a row for first sides, a thinner one for second sides; and its waveform in their colours."""

    letter: str
    first: list[Block]
    second: list[Block]
    wave: Waveform | None
    wave_width: str


@dataclass(frozen=True)
class Curve:
    """One score of both songs over time, on a scale between two whole numbers."""

    high: str
    low: str
    most: int
    least: int
    a: str
    b: str
    neutral_y: float | None
    """Where the neutral middle lies, if it is on the scale."""
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True)
class TableRow:
    """The moods of both songs at one moment."""

    time: str
    a: CompositeMood | None
    b: CompositeMood | None


@dataclass(frozen=True)
class Alignment:
    strips: list[MoodStrip]
    curves: list[Curve]
    ticks: list[Tick]
    table: list[TableRow]
    stretched: bool
    length_s: float
    text: str


def alignment(a: Track, b: Track, *, stretched: bool) -> Alignment:
    """The axis is the part of each song if `stretched`, otherwise seconds up to the end of the longer song."""
    length_s = max(a.duration_s, b.duration_s)
    axis_ends = {track.letter: track.duration_s if stretched else length_s for track in (a, b)}
    trajectories = {track.letter: moments(track.segments, track.duration_s) for track in (a, b)}
    return Alignment(
        strips=[mood_strip(track, axis_ends[track.letter]) for track in (a, b)],
        curves=[
            _curve(gettext("lively"), gettext("quiet"), "arousal", trajectories, axis_ends),
            _curve(gettext("pleasant"), gettext("unpleasant"), "valence", trajectories, axis_ends),
        ],
        ticks=[Tick(f"{part}%", f"{part} %") for part in (0, 25, 50, 75)] if stretched else time_ticks(length_s),
        table=_table(a, b, trajectories, stretched=stretched),
        stretched=stretched,
        length_s=length_s,
        text=_similarity_text(a, b, trajectories, stretched=stretched),
    )


def mood_strip(track: Track, axis_end_s: float) -> MoodStrip:
    song_passages = passages(track.segments, track.duration_s)
    return MoodStrip(
        track.letter,
        [_block(passage, passage.primary, axis_end_s) for passage in song_passages],
        [_block(passage, passage.secondary, axis_end_s) for passage in song_passages],
        waveform(track.levels, moments(track.segments, track.duration_s), track.duration_s),
        percent_of(track.duration_s, axis_end_s, 3),
    )


def _block(passage: Passage, key: str, axis_end_s: float) -> Block:
    return Block(
        css=css_name(key),
        x=percent_of(passage.start_s, axis_end_s, 3),
        width=percent_of(passage.length_s, axis_end_s, 3),
        certain=passage.certain,
        text=f"{TimeRange.of(passage.start_s, passage.end_s).text} {passage.name}",
    )


def _curve(
    high: str,
    low: str,
    score: str,
    trajectories: Mapping[str, Sequence[Passage]],
    axis_ends: Mapping[str, float],
) -> Curve:
    values = [getattr(moment, score) for trajectory in trajectories.values() for moment in trajectory]
    least = max(LEAST, math.floor(min(values, default=NEUTRAL) - PADDING))
    most = min(MOST, math.ceil(max(values, default=NEUTRAL) + PADDING))
    lines = {letter: _line(moments, score, axis_ends[letter], least, most) for letter, moments in trajectories.items()}
    neutral_y = _y(NEUTRAL, least, most) if least < NEUTRAL < most else None
    return Curve(high, low, most, least, lines["A"], lines["B"], neutral_y)


def _line(trajectory: Sequence[Passage], score: str, axis_end_s: float, least: int, most: int) -> str:
    if not trajectory or not axis_end_s:
        return ""
    values = [getattr(moment, score) for moment in trajectory]
    smoothed = [_mean(values[max(i - 1, 0) : i + 2]) for i in range(len(values))]
    middles = [(moment.start_s + moment.end_s) / 2 for moment in trajectory]
    # From the very start to the very end of the song, however few moments there are.
    points = [(0.0, smoothed[0]), *zip(middles, smoothed, strict=True), (trajectory[-1].end_s, smoothed[-1])]
    return polyline((WIDTH * second / axis_end_s, _y(value, least, most)) for second, value in points)


def _y(value: float, least: int, most: int) -> float:
    return round(HEIGHT * (most - value) / (most - least), 1)


def _table(a: Track, b: Track, trajectories: Mapping[str, Sequence[Passage]], *, stretched: bool) -> list[TableRow]:
    length_s = max(a.duration_s, b.duration_s)
    rows = []
    for step in range(TABLE_ROWS):
        part = (step + 0.5) / TABLE_ROWS
        current = [
            _at(trajectories[track.letter], part * (track.duration_s if stretched else length_s)) for track in (a, b)
        ]
        mood_a, mood_b = (CompositeMood.from_passage(passage) if passage else None for passage in current)
        rows.append(TableRow(f"{100 * part:.0f} %" if stretched else clock(part * length_s), mood_a, mood_b))
    return rows


def _similarity_text(a: Track, b: Track, trajectories: Mapping[str, Sequence[Passage]], *, stretched: bool) -> str:
    """For how much of the time that both songs last they have the same main mood, and at least one mood in common."""
    scales = {track.letter: 1 / track.duration_s if stretched and track.duration_s else 1.0 for track in (a, b)}
    end = 1.0 if stretched else min(a.duration_s, b.duration_s)
    borders = {0.0, end} | {
        passage.start_s * scales[letter] for letter, trajectory in trajectories.items() for passage in trajectory
    }
    same_main = shared = total = 0.0
    for start, stop in pairwise(sorted(border for border in borders if border <= end)):
        middle = (start + stop) / 2
        one, other = (_at(trajectories[letter], middle / scales[letter]) for letter in trajectories)
        if one is None or other is None:
            continue
        length = stop - start
        total += length
        same_main += length * (one.primary == other.primary)
        shared += length * bool({one.primary, one.secondary} & {other.primary, other.secondary})
    if not total:
        return ""
    text = gettext(
        "Their main moods are the same for %(same)s %% of the time, and they share at least one mood for %(shared)s %%."
    )
    return text % {"same": percent(same_main / total), "shared": percent(shared / total)}


def _at(trajectory: Sequence[Passage], second: float) -> Passage | None:
    return next((passage for passage in trajectory if passage.start_s <= second < passage.end_s), None)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
