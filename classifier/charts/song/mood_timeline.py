"""The moods over time as a roll, like notes on a piano roll: a row for each mood, the livelier the higher."""

from collections.abc import Sequence
from dataclasses import dataclass

from classifier import ml_gateway
from classifier.charts.mood_names import Headline, Side
from classifier.charts.number_text import clock, percent, ticks
from classifier.charts.song.passages import Passage

ROW_HEIGHT = 26
# As far as a passage is cut (ml.audio.passages), which this module does not import: that would load a decoder.
LONGEST_PASSAGE_S = 60


@dataclass(frozen=True)
class Block:
    """A passage's mark in a row. Places in per cent of the song, so that the drawing stretches with the page."""

    css: str
    x: str
    y: int
    width: str
    height: int
    first: bool
    certain: bool
    start_s: str
    end_s: str
    cut_end_s: str
    text: str


@dataclass(frozen=True)
class Row:
    side: Side
    y: int
    middle: int


@dataclass(frozen=True)
class Tick:
    x: str
    text: str


@dataclass(frozen=True)
class Line:
    """A passage as a line of the table that says the same in words."""

    time: str
    mood: Headline
    percent: int
    valence: str
    arousal: str
    start_s: str
    end_s: str
    cut_end_s: str
    shortened: bool


@dataclass(frozen=True)
class Roll:
    rows: list[Row]
    blocks: list[Block]
    ticks: list[Tick]
    lines: list[Line]
    height: int
    duration_s: str
    any_uncertain: bool


def roll(passages: Sequence[Passage], duration_s: float) -> Roll:
    heard = {key for passage in passages for key in (passage.primary, passage.secondary)}
    keys = sorted(heard, key=lambda key: -ml_gateway.MOODS[key].arousal)
    rows = [Row(Side(key), i * ROW_HEIGHT, i * ROW_HEIGHT + ROW_HEIGHT // 2) for i, key in enumerate(keys)]
    tops = {row.side.key: row.y for row in rows}
    blocks = []
    for passage in passages:
        blocks.append(_block(passage, passage.primary, tops, duration_s, first=True))
        blocks.append(_block(passage, passage.secondary, tops, duration_s, first=False))
    return Roll(
        rows=rows,
        blocks=blocks,
        ticks=[Tick(_percent(mark, duration_s), clock(mark)) for mark in ticks(duration_s)],
        lines=[_line(passage) for passage in passages],
        height=len(rows) * ROW_HEIGHT,
        duration_s=f"{duration_s:.3f}",
        any_uncertain=any(not passage.certain for passage in passages),
    )


def _block(passage: Passage, key: str, tops: dict[str, int], duration_s: float, *, first: bool) -> Block:
    height = 18 if first else 8
    return Block(
        css=Side(key).css,
        x=_percent(passage.start_s, duration_s),
        y=tops[key] + (ROW_HEIGHT - height) // 2,
        width=_percent(passage.length_s, duration_s),
        height=height,
        first=first,
        certain=passage.certain,
        start_s=f"{passage.start_s:.2f}",
        end_s=f"{passage.end_s:.2f}",
        cut_end_s=f"{_cut_end(passage):.2f}",
        text=f"{_time(passage)} {passage.name}, {percent(passage.confidence)} %",
    )


def _line(passage: Passage) -> Line:
    return Line(
        time=_time(passage),
        mood=Headline.of_passage(passage),
        percent=percent(passage.confidence),
        valence=f"{passage.valence:.1f}",
        arousal=f"{passage.arousal:.1f}",
        start_s=f"{passage.start_s:.2f}",
        end_s=f"{passage.end_s:.2f}",
        cut_end_s=f"{_cut_end(passage):.2f}",
        shortened=passage.length_s > LONGEST_PASSAGE_S,
    )


def _cut_end(passage: Passage) -> float:
    return min(passage.end_s, passage.start_s + LONGEST_PASSAGE_S)


def _time(passage: Passage) -> str:
    return f"{clock(passage.start_s)}–{clock(passage.end_s)}"


def _percent(part_s: float, duration_s: float) -> str:
    return f"{100 * part_s / duration_s if duration_s else 0:.3f}%"
