"""The moods over time: a row for each mood, the livelier the higher, like notes on a piano roll."""

from collections.abc import Sequence
from dataclasses import dataclass

from classifier.charts.mood_names import CompositeMood, Side, word
from classifier.charts.number_text import percent
from classifier.charts.primitives import Row, Tick, TimeRange, percent_of, time_ticks
from classifier.charts.song.passages import Passage, Segment, is_silent
from classifier.localized import grouped

ROW_HEIGHT = 26
FIRST_SIDE_HEIGHT, SECOND_SIDE_HEIGHT = 18, 8


@dataclass(frozen=True)
class Block:
    """A passage in the row of one of its moods."""

    css: str
    x: str
    y: int
    width: str
    height: int
    is_first_side: bool
    certain: bool


@dataclass(frozen=True)
class TableRow:
    """A passage as a row of the table under the chart."""

    time: TimeRange
    mood: CompositeMood
    percent: int
    valence: str
    arousal: str


@dataclass(frozen=True)
class Silence:
    """A part of the song without sound, which has no mood."""

    x: str
    width: str
    time: TimeRange


@dataclass(frozen=True)
class MoodTimeline:
    rows: list[Row]
    blocks: list[Block]
    ticks: list[Tick]
    table: list[TableRow]
    height: int
    duration_s: str
    any_uncertain: bool
    silences: list[Silence]


def mood_timeline(passages: Sequence[Passage], duration_s: float, segments: Sequence[Segment] = ()) -> MoodTimeline:
    """`segments` are those of the result, for its silent parts."""
    moods = {key for passage in passages for key in (passage.primary, passage.secondary)}
    keys = sorted(moods, key=lambda key: -word(key).arousal)
    rows = [Row(Side(key), i * ROW_HEIGHT, i * ROW_HEIGHT + ROW_HEIGHT // 2) for i, key in enumerate(keys)]
    row_y = {row.side.key: row.y for row in rows}
    blocks = []
    for passage in passages:
        blocks.append(_block(passage, passage.primary, row_y, duration_s, is_first_side=True))
        blocks.append(_block(passage, passage.secondary, row_y, duration_s, is_first_side=False))
    return MoodTimeline(
        rows=rows,
        blocks=blocks,
        ticks=time_ticks(duration_s),
        table=[_table_row(passage) for passage in passages],
        height=len(rows) * ROW_HEIGHT,
        duration_s=f"{duration_s:.3f}",
        any_uncertain=any(not passage.certain for passage in passages),
        silences=[_silence(segment, duration_s) for segment in segments if is_silent(segment)],
    )


def _block(passage: Passage, key: str, row_y: dict[str, int], duration_s: float, *, is_first_side: bool) -> Block:
    height = FIRST_SIDE_HEIGHT if is_first_side else SECOND_SIDE_HEIGHT
    return Block(
        css=Side(key).css,
        x=percent_of(passage.start_s, duration_s, 3),
        y=row_y[key] + (ROW_HEIGHT - height) // 2,
        width=percent_of(passage.length_s, duration_s, 3),
        height=height,
        is_first_side=is_first_side,
        certain=passage.certain,
    )


def _silence(segment: Segment, duration_s: float) -> Silence:
    start_s, end_s = segment["start_s"], min(segment["end_s"], duration_s)
    return Silence(
        x=percent_of(start_s, duration_s, 3),
        width=percent_of(end_s - start_s, duration_s, 3),
        time=TimeRange.of(start_s, end_s),
    )


def _table_row(passage: Passage) -> TableRow:
    return TableRow(
        time=TimeRange.of(passage.start_s, passage.end_s),
        mood=CompositeMood.from_passage(passage),
        percent=percent(passage.confidence),
        valence=grouped(passage.valence, 1),
        arousal=grouped(passage.arousal, 1),
    )
