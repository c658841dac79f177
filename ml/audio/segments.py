"""A song cut into the overlapping segments that the networks hear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.spec import AudioSpec


@dataclass(frozen=True)
class Segment:
    """Seconds from the song's start."""

    start_s: float
    end_s: float


def segments_of(duration_s: float, spec: AudioSpec) -> list[Segment]:
    """Segments of `segment_s` every `segment_hop_s` seconds; the last one ends with the song.

    A song no longer than one segment is one segment.
    """
    if duration_s <= spec.segment_s:
        return [Segment(0.0, duration_s)]
    last = duration_s - spec.segment_s
    # A last segment that would start within a second of the one before it adds nothing: it takes its place.
    starts = [float(start) for start in np.arange(0.0, last - 1.0, spec.segment_hop_s)] or [0.0]
    if last > starts[-1]:
        starts.append(last)
    return [Segment(start, start + spec.segment_s) for start in starts]


def spread(segments: Sequence[Segment], most: int) -> list[Segment]:
    """At most so many of them, evenly spread from the first to the last."""
    chosen = np.linspace(0, len(segments) - 1, min(most, len(segments))).round().astype(int)
    return [segments[i] for i in chosen]


def step_window(segment: Segment, steps: int, spec: AudioSpec) -> np.ndarray:
    """Indices of the `segment_steps` steps that a segment covers; a shorter song is repeated to fill it."""
    first = min(round(segment.start_s * spec.steps_per_s), max(0, steps - spec.segment_steps))
    return _filled(first, spec.segment_steps, steps)


def frame_window(segment: Segment, frames: int, spec: AudioSpec, views: Sequence[int] = ()) -> np.ndarray:
    """Indices of the frames around a segment's middle that a network reads, as many as each view has, in turn.

    Without views the `segment_frames` that lie inside the segment. Near an end of the song a view is moved inwards; a
    shorter song is repeated to fill it.
    """
    parts = []
    for count in views or (spec.segment_frames,):
        first = round(segment.start_s / spec.frame_hop_s) - (count - spec.segment_frames) // 2
        parts.append(_filled(max(0, min(first, frames - count)), count, frames))
    return np.concatenate(parts)


def _filled(first: int, count: int, available: int) -> np.ndarray:
    return (first + np.arange(count)) % available if available < first + count else first + np.arange(count)
