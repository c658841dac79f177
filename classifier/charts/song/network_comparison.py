"""The two networks compared: where they agree and where not, by mood and by passage."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from classifier import ml_gateway
from classifier.charts.mood_names import Side
from classifier.charts.number_text import percent
from classifier.charts.primitives import Bar, Row, Span, TimeRange, percent_of, span
from classifier.charts.song.mood_scores import mood_scores, strongest_mood
from classifier.charts.song.passages import Segment, segment_groups

MOST_DISAGREEMENTS = 4
LARGE_GAP = 8
"""Percentage points: from here on a difference between the networks is worth naming."""
ROW_HEIGHT = 24


@dataclass(frozen=True)
class MoodGap:
    """The score that each network gives a mood, and the line between the two."""

    side: Side
    cnn1d: Bar
    cnn2d: Bar
    x: str
    width: str
    points: int
    is_large: bool


@dataclass(frozen=True)
class NetworkRow(Row):
    """A mood, with the stretches of the song in which it has the highest score of each network."""

    cnn1d: list[Span]
    cnn2d: list[Span]


@dataclass(frozen=True)
class Disagreement:
    """A passage in which different moods have the highest score of each network."""

    cnn1d: Side
    cnn2d: Side
    time: TimeRange


@dataclass(frozen=True)
class NetworkComparison:
    gaps: list[MoodGap]
    large_gaps: list[MoodGap]
    rows: list[NetworkRow]
    height: int
    disagreements: list[Disagreement]
    more_disagreements: int
    same_first_percent: int
    """The part of the song in which the same mood has the highest score of both."""
    same_first: bool
    cnn1d: Side
    cnn2d: Side
    disagree: bool


@dataclass(frozen=True)
class _Stretch:
    """A part of the song with each network's strongest mood."""

    cnn1d: str
    cnn2d: str
    start_s: float
    end_s: float


def network_comparison(
    models: Mapping[str, Mapping[str, Any]],
    segments: Sequence[Segment],
    agreement: float,
    duration_s: float,
    axis_end: float,
    firsts: Mapping[str, str],
) -> NetworkComparison:
    """`models` holds each network's scores of the song, `agreement` (0..1) how similar they are.

    `firsts` is the mood that each network puts first, which need not be the one with its highest score.
    """
    cnn1d, cnn2d = (mood_scores(models[name]) for name in ("cnn1d", "cnn2d"))
    gaps = [_gap(key, cnn1d[key], cnn2d[key], axis_end) for key in cnn1d]
    gaps.sort(key=lambda gap: -gap.points)
    stretches = _merged(
        _Stretch(_most_frequent(group, "cnn1d"), _most_frequent(group, "cnn2d"), start_s, end_s)
        for group, start_s, end_s in segment_groups(segments, duration_s)
    )
    different = sorted((s for s in stretches if s.cnn1d != s.cnn2d), key=lambda s: s.start_s - s.end_s)
    same_s = sum(s.end_s - s.start_s for s in stretches if s.cnn1d == s.cnn2d)
    rows = _rows(stretches, duration_s)
    return NetworkComparison(
        gaps=gaps,
        large_gaps=[gap for gap in gaps if gap.is_large][:3],
        rows=rows,
        height=len(rows) * ROW_HEIGHT,
        disagreements=[
            Disagreement(Side(s.cnn1d), Side(s.cnn2d), TimeRange.of(s.start_s, s.end_s))
            for s in sorted(different[:MOST_DISAGREEMENTS], key=lambda s: s.start_s)
        ],
        more_disagreements=max(len(different) - MOST_DISAGREEMENTS, 0),
        same_first_percent=percent(same_s / sum(s.end_s - s.start_s for s in stretches)) if stretches else 0,
        same_first=firsts["cnn1d"] == firsts["cnn2d"],
        cnn1d=Side(firsts["cnn1d"]),
        cnn2d=Side(firsts["cnn2d"]),
        disagree=agreement < ml_gateway.DISAGREE_BELOW,
    )


def _most_frequent(group: Sequence[Segment], network: str) -> str:
    return Counter(strongest_mood(mood_scores(segment["models"][network])) for segment in group).most_common(1)[0][0]


def _merged(stretches: Iterable[_Stretch]) -> list[_Stretch]:
    """Adjacent stretches with the same moods as one."""
    merged: list[_Stretch] = []
    for stretch in stretches:
        last = merged[-1] if merged else None
        if last and (last.cnn1d, last.cnn2d, last.end_s) == (stretch.cnn1d, stretch.cnn2d, stretch.start_s):
            merged[-1] = replace(last, end_s=stretch.end_s)
        else:
            merged.append(stretch)
    return merged


def _gap(key: str, cnn1d: float, cnn2d: float, axis_end: float) -> MoodGap:
    points = round(100 * abs(cnn1d - cnn2d))
    return MoodGap(
        side=Side(key),
        cnn1d=Bar.of(cnn1d, axis_end),
        cnn2d=Bar.of(cnn2d, axis_end),
        x=percent_of(min(cnn1d, cnn2d), axis_end),
        width=percent_of(abs(cnn1d - cnn2d), axis_end),
        points=points,
        is_large=points >= LARGE_GAP,
    )


def _rows(stretches: Sequence[_Stretch], duration_s: float) -> list[NetworkRow]:
    """The livelier the mood, the higher, as on the timeline."""
    keys = sorted(
        {key for stretch in stretches for key in (stretch.cnn1d, stretch.cnn2d)},
        key=lambda key: -ml_gateway.MOODS[key].arousal,
    )
    return [
        NetworkRow(
            side=Side(key),
            y=i * ROW_HEIGHT,
            middle=i * ROW_HEIGHT + ROW_HEIGHT // 2,
            cnn1d=_spans([s for s in stretches if s.cnn1d == key], duration_s),
            cnn2d=_spans([s for s in stretches if s.cnn2d == key], duration_s),
        )
        for i, key in enumerate(keys)
    ]


def _spans(stretches: Sequence[_Stretch], duration_s: float) -> list[Span]:
    """Adjacent stretches as one span: they differ only in the other network's mood."""
    merged: list[tuple[float, float]] = []
    for stretch in stretches:
        start_s = stretch.start_s
        if merged and merged[-1][1] == start_s:
            start_s = merged.pop()[0]
        merged.append((start_s, stretch.end_s))
    return [span(start_s, end_s, duration_s) for start_s, end_s in merged]
