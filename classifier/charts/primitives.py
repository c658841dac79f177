"""Shapes that several charts share: points, ticks, rows, bars and stretches of time, ready for an SVG template.

Numbers are units of a drawing's view box. Strings such as "12.5%" are lengths relative to a drawing that stretches with
the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classifier.charts.number_text import clock, percent, tick_seconds

if TYPE_CHECKING:
    from classifier.charts.mood_names import Side

LONGEST_CLIP_S = 60
"""The longest passage the server cuts, as in ml.audio.passages; importing that module would load a decoder."""

Length = float | str


@dataclass(frozen=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True)
class Tick:
    """A labelled position on an axis."""

    position: Length
    text: str
    is_neutral: bool = False
    """The middle of the valence or arousal scale."""


@dataclass(frozen=True)
class Row:
    """A horizontal lane of a chart that belongs to one mood."""

    side: Side
    y: int
    middle: int


@dataclass(frozen=True)
class Span:
    """A stretch of a horizontal axis."""

    x: str
    width: str


@dataclass(frozen=True)
class Bar:
    """A share as a horizontal bar: its value in per cent, and its length relative to the axis."""

    percent: int
    width: str

    @classmethod
    def of(cls, share: float, axis_end: float = 1.0) -> Bar:
        return cls(percent(share), percent_of(share, axis_end))


@dataclass(frozen=True)
class TimeRange:
    """A stretch of a song, as links to the player need it. Times in seconds."""

    text: str
    """For example "1:30–1:40"."""
    start_s: str
    end_s: str
    clip_end_s: str
    """Where a downloaded clip of the range ends: clips are at most LONGEST_CLIP_S long."""
    is_shortened: bool

    @classmethod
    def of(cls, start_s: float, end_s: float) -> TimeRange:
        clip_end_s = min(end_s, start_s + LONGEST_CLIP_S)
        return cls(
            text=f"{clock(start_s)}–{clock(end_s)}",
            start_s=f"{start_s:.2f}",
            end_s=f"{end_s:.2f}",
            clip_end_s=f"{clip_end_s:.2f}",
            is_shortened=clip_end_s < end_s,
        )


def percent_of(part: float, whole: float = 1.0, digits: int = 2) -> str:
    """A length as an SVG percentage, limited to 0–100 %; 0 for an empty whole."""
    share = min(max(part / whole, 0.0), 1.0) if whole else 0.0
    return f"{100 * share:.{digits}f}%"


def span(start: float, end: float, whole: float) -> Span:
    return Span(percent_of(start, whole, 3), percent_of(end - start, whole, 3))


def polyline(points: Iterable[tuple[float, float]]) -> str:
    """The `points` attribute of an SVG polyline or polygon."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def time_ticks(duration_s: float) -> list[Tick]:
    return [Tick(percent_of(second, duration_s, 3), clock(second)) for second in tick_seconds(duration_s)]
