"""The passage in which each side of the composite mood is strongest, as it is marked over the song and played."""

from collections.abc import Sequence
from dataclasses import dataclass

from classifier import ml_gateway
from classifier.charts.mood_names import Side
from classifier.charts.number_text import clock, percent
from classifier.charts.song.passages import Segment

# A peak's words stand behind it, unless it lies so far to the right that they would leave the page.
LATE = 0.55


@dataclass(frozen=True)
class Peak:
    """Places in per cent of the song."""

    side: Side
    x: str
    width: str
    words_x: str
    words_behind: bool
    time: str
    start_s: str
    end_s: str
    percent: int
    typical_percent: int


def peaks(segments: Sequence[Segment], primary: str, secondary: str, duration_s: float) -> dict[str, Peak]:
    """By side, "primary" and "secondary"; empty for a song without segments."""
    found = ml_gateway.strongest_passages(segments, primary, secondary)
    return {side: _peak(strongest, duration_s) for side, strongest in found.items()}


def _peak(strongest: ml_gateway.StrongestPassage, duration_s: float) -> Peak:
    start_s, end_s = strongest.start_s, min(strongest.end_s, duration_s)
    behind = (start_s + end_s) / 2 <= LATE * duration_s
    return Peak(
        side=Side(strongest.mood),
        x=_part(start_s, duration_s),
        width=_part(end_s - start_s, duration_s),
        words_x=_part(end_s if behind else start_s, duration_s),
        words_behind=behind,
        time=f"{clock(start_s)}–{clock(end_s)}",
        start_s=f"{start_s:.2f}",
        end_s=f"{end_s:.2f}",
        percent=percent(strongest.share),
        typical_percent=percent(strongest.typical),
    )


def _part(part_s: float, duration_s: float) -> str:
    return f"{100 * part_s / duration_s if duration_s else 0:.2f}%"
