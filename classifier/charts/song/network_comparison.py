"""The two networks side by side: where they hear the same, where not, by emotion and by passage."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from classifier import ml_gateway
from classifier.charts.mood_names import Side
from classifier.charts.number_text import clock, percent
from classifier.charts.song.mood_timeline import LONGEST_PASSAGE_S
from classifier.charts.song.passages import Segment, stretches

PARTINGS = 4
"""The longest passages in which the networks part; more would be a list that nobody reads."""
WIDE = 8
"""Points of a hundred: from here on the networks' shares of an emotion differ enough to be told."""
ROW_HEIGHT = 24


@dataclass(frozen=True)
class Gap:
    """One emotion: the share that each network gives it, and the line between the two. Per cent of the axis."""

    side: Side
    one: str
    two: str
    left: str
    width: str
    one_percent: int
    two_percent: int
    apart: int
    wide: bool


@dataclass(frozen=True)
class Stretch:
    """A part of the song, in per cent of it."""

    x: str
    width: str


@dataclass(frozen=True)
class Row:
    """A mood that a network puts first somewhere: a row of the drawing, with each network's stretches in it."""

    side: Side
    y: int
    middle: int
    one: list[Stretch]
    two: list[Stretch]


@dataclass(frozen=True)
class Parting:
    one: Side
    two: Side
    time: str
    start_s: str
    end_s: str
    cut_end_s: str


@dataclass(frozen=True)
class Listeners:
    gaps: list[Gap]
    apart: list[Gap]
    rows: list[Row]
    height: int
    partings: list[Parting]
    partings_left: int
    alike_percent: int
    same_first: bool
    one: Side
    two: Side
    disagree: bool


def listeners(
    models: Mapping[str, Mapping[str, Any]],
    segments: Sequence[Segment],
    agreement: float,
    duration_s: float,
    scale: float,
) -> Listeners:
    """`models` are each network's scores of the song, `agreement` how far they are the same; `scale` ends the axis."""
    one, two = (models[name]["emotions"] for name in ("cnn1d", "cnn2d"))
    gaps = sorted((_gap(key, one[key], two[key], scale) for key in ml_gateway.EMOTIONS), key=lambda gap: -gap.apart)
    heard = [(_first(group, "cnn1d"), _first(group, "cnn2d"), *at) for group, *at in stretches(segments, duration_s)]
    joined = [_joined(list(same)) for _, same in groupby(heard, key=lambda stretch: stretch[:2])]
    partings = sorted((part for part in joined if part[0] != part[1]), key=lambda part: part[2] - part[3])
    alike_s = sum(end_s - start_s for one, two, start_s, end_s in joined if one == two)
    return Listeners(
        gaps=gaps,
        apart=[gap for gap in gaps if gap.wide][:3],
        rows=_rows(joined, duration_s),
        height=len({key for part in joined for key in part[:2]}) * ROW_HEIGHT,
        partings=[_parting(*part) for part in sorted(partings[:PARTINGS], key=lambda part: part[2])],
        partings_left=max(len(partings) - PARTINGS, 0),
        alike_percent=percent(alike_s / duration_s) if duration_s else 0,
        same_first=strongest(one) == strongest(two),
        one=Side(strongest(one)),
        two=Side(strongest(two)),
        disagree=agreement < ml_gateway.DISAGREE_BELOW,
    )


def strongest(emotions: Mapping[str, float]) -> str:
    """The emotion with the greatest share; where shares tie, the rarer one, as the rules of mood words have it."""
    return max(ml_gateway.EMOTIONS, key=lambda key: (emotions[key], -ml_gateway.MOODS[key].prevalence))


def _first(group: Sequence[Segment], network: str) -> str:
    return Counter(strongest(segment["models"][network]["emotions"]) for segment in group).most_common(1)[0][0]


Part = tuple[str, str, float, float]


def _joined(same: list[Part]) -> Part:
    one, two, start_s, _ = same[0]
    return one, two, start_s, same[-1][3]


def _gap(key: str, one: float, two: float, scale: float) -> Gap:
    apart = round(100 * abs(one - two))
    return Gap(
        side=Side(key),
        one=_along(one, scale),
        two=_along(two, scale),
        left=_along(min(one, two), scale),
        width=_along(abs(one - two), scale),
        one_percent=percent(one),
        two_percent=percent(two),
        apart=apart,
        wide=apart >= WIDE,
    )


def _rows(parts: Sequence[Part], duration_s: float) -> list[Row]:
    """The livelier the higher, as on the roll."""
    keys = sorted({key for part in parts for key in part[:2]}, key=lambda key: -ml_gateway.MOODS[key].arousal)
    return [
        Row(
            side=Side(key),
            y=i * ROW_HEIGHT,
            middle=i * ROW_HEIGHT + ROW_HEIGHT // 2,
            one=_stretches([part for part in parts if part[0] == key], duration_s),
            two=_stretches([part for part in parts if part[1] == key], duration_s),
        )
        for i, key in enumerate(keys)
    ]


def _stretches(parts: Sequence[Part], duration_s: float) -> list[Stretch]:
    """Neighbours as one: they differ only in what the other network heard."""
    spans: list[tuple[float, float]] = []
    for *_, start_s, end_s in parts:
        if spans and spans[-1][1] == start_s:
            start_s = spans.pop()[0]
        spans.append((start_s, end_s))
    return [Stretch(_along(start_s, duration_s), _along(end_s - start_s, duration_s)) for start_s, end_s in spans]


def _parting(one: str, two: str, start_s: float, end_s: float) -> Parting:
    return Parting(
        one=Side(one),
        two=Side(two),
        time=f"{clock(start_s)}–{clock(end_s)}",
        start_s=f"{start_s:.2f}",
        end_s=f"{end_s:.2f}",
        cut_end_s=f"{min(end_s, start_s + LONGEST_PASSAGE_S):.2f}",
    )


def _along(value: float, whole: float) -> str:
    return f"{min(100 * value / whole, 100) if whole else 0:.2f}%"
