"""The overlapping segments of a song, and the windows of steps and frames that belong to them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.spec import AudioSpec


@dataclass(frozen=True)
class Segment:
    """Start and end in seconds from the song's start."""

    start_s: float
    end_s: float
    silent: bool = False
    range_steps: tuple[int, int] | None = None
    """The range of steps with sound around the segment, as (first, one past the last), which its windows do not leave;
    None for the whole song."""


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
    """Indices of the `segment_steps` steps of a segment, int (segment_steps,); a shorter song or range is repeated."""
    start, end = segment.range_steps or (0, steps)
    first = min(round(segment.start_s * spec.steps_per_s) - start, max(0, end - start - spec.segment_steps))
    return start + _repeated(first, spec.segment_steps, end - start)


def frame_window(segment: Segment, frames: int, spec: AudioSpec, views: Sequence[int] = ()) -> np.ndarray:
    """Indices of the frames around a segment's middle, int (sum of views,): one window per view, one after the other.

    `views` are window lengths in frames; without them there is one window with the `segment_frames` inside the segment.
    Near an end of the song, or of its range with sound, a window is moved inwards; a shorter one is repeated.
    """
    start, end = frames_inside(segment.range_steps, frames, spec)
    parts = []
    for count in views or (spec.segment_frames,):
        first = round(segment.start_s / spec.frame_hop_s) - start - (count - spec.segment_frames) // 2
        parts.append(start + _repeated(max(0, min(first, end - start - count)), count, end - start))
    return np.concatenate(parts)


def frames_inside(range_steps: tuple[int, int] | None, frames: int, spec: AudioSpec) -> tuple[int, int]:
    """The frames inside a range of steps, as (first, one past the last), at least one; None means all `frames`."""
    if range_steps is None:
        return 0, frames
    # A tenth of a second of silence at the start of a frame does not matter.
    first = math.ceil((range_steps[0] - 0.1 * spec.steps_per_s) / spec.frame_hop_steps)
    last = (range_steps[1] - spec.frame_steps) // spec.frame_hop_steps
    first = max(0, min(first, frames - 1))
    return first, max(first, min(last, frames - 1)) + 1


def _repeated(first: int, count: int, available: int) -> np.ndarray:
    return (first + np.arange(count)) % available if available < first + count else first + np.arange(count)
