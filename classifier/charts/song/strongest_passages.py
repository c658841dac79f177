"""The passage in which each side of the composite mood is strongest, as marked over the waveform."""

from collections.abc import Sequence
from dataclasses import dataclass

from classifier import ml_gateway
from classifier.charts.mood_names import Side
from classifier.charts.number_text import percent
from classifier.charts.primitives import TimeRange, percent_of
from classifier.charts.song.passages import Segment

# A peak's label stands where it has more room, so that long words stay on the page of a phone.
LAST_LABEL_ON_THE_RIGHT = 0.5


@dataclass(frozen=True)
class Peak:
    side: Side
    time: TimeRange
    x: str
    width: str
    label_x: str
    label_on_the_right: bool
    percent: int
    """The mood's score in this passage, and in the whole song."""
    song_percent: int


def peaks(segments: Sequence[Segment], primary: str, secondary: str, duration_s: float) -> dict[str, Peak]:
    """By side, "primary" and "secondary"; empty for a song without segments."""
    passages = ml_gateway.strongest_passages(segments, primary, secondary)
    return {side: _peak(passage, duration_s) for side, passage in passages.items()}


def _peak(passage: ml_gateway.StrongestPassage, duration_s: float) -> Peak:
    start_s, end_s = passage.start_s, min(passage.end_s, duration_s)
    on_the_right = (start_s + end_s) / 2 <= LAST_LABEL_ON_THE_RIGHT * duration_s
    return Peak(
        side=Side(passage.mood),
        time=TimeRange.of(start_s, end_s),
        x=percent_of(start_s, duration_s),
        width=percent_of(end_s - start_s, duration_s),
        label_x=percent_of(end_s if on_the_right else start_s, duration_s),
        label_on_the_right=on_the_right,
        percent=percent(passage.share),
        song_percent=percent(passage.typical),
    )
