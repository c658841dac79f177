"""The overlapping segments of a song, and the windows of steps and frames that belong to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.spec import AudioSpec


@dataclass(frozen=True)
class Segment:
    """Start and end in seconds from the song's start."""

    start_s: float
    end_s: float


def segments_of(duration_s: float, spec: AudioSpec) -> list[Segment]:
    """Segments of `segment_s` every `segment_hop_s` seconds; the last one ends with the song.

    A song that is not longer than one segment has one segment.
    """
    if duration_s <= spec.segment_s:
        return [Segment(0.0, duration_s)]
    last = duration_s - spec.segment_s
    # A regular segment that starts less than a second before the last one adds nothing and is dropped.
    starts = [float(start) for start in np.arange(0.0, last - 1.0, spec.segment_hop_s)] or [0.0]
    if last > starts[-1]:
        starts.append(last)
    return [Segment(start, start + spec.segment_s) for start in starts]


def evenly_spaced(segments: Sequence[Segment], max_segments: int) -> list[Segment]:
    """At most `max_segments` of them, evenly spaced from the first to the last."""
    indices = np.linspace(0, len(segments) - 1, min(max_segments, len(segments))).round().astype(int)
    return [segments[i] for i in indices]


def step_window(segment: Segment, steps: int, spec: AudioSpec) -> np.ndarray:
    """Indices of the `segment_steps` steps of a segment, int (segment_steps,); a shorter song is repeated."""
    first = min(round(segment.start_s * spec.steps_per_s), max(0, steps - spec.segment_steps))
    return _repeated(first, spec.segment_steps, steps)


def frame_window(segment: Segment, frames: int, spec: AudioSpec, views: Sequence[int] = ()) -> np.ndarray:
    """Indices of the frames around a segment's middle, int (sum of views,): one window per view, one after the other.

    `views` are window lengths in frames; without them there is one window with the `segment_frames` inside the segment.
    Near an end of the song a window is moved inwards; a shorter song is repeated.
    """
    parts = []
    for count in views or (spec.segment_frames,):
        first = round(segment.start_s / spec.frame_hop_s) - (count - spec.segment_frames) // 2
        parts.append(_repeated(max(0, min(first, frames - count)), count, frames))
    return np.concatenate(parts)


def _repeated(first: int, count: int, available: int) -> np.ndarray:
    return (first + np.arange(count)) % available if available < first + count else first + np.arange(count)
