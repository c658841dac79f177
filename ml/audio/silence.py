"""Silence inside a song: the ranges that contain sound, and their segments."""

from __future__ import annotations

import numpy as np

from ml.audio.segments import Segment, segments_of
from ml.spec import AudioSpec

MIN_LEVEL_DB = -90.0
"""dBFS. Steps below this contain no sound; dither and rounding noise are lower."""

RANGE_DB = 60.0
"""Steps this far below the song's mean level contain no sound either."""

MIN_SILENCE_S = 3.0
"""Shorter pauses belong to the music. It is the length of a feature frame."""

MIN_SOUND_S = 1.0
"""A shorter sound between two silences, such as a click, is not music."""


def sound_ranges(rms: np.ndarray, spec: AudioSpec) -> list[tuple[int, int]]:
    """The ranges of steps that contain sound, in time order, as (first, one past the last); [] if there is no sound.

    `rms`: float32 (steps,), RMS of each step, full scale 1.0, without DC offset. Between two ranges, before the first
    one and after the last one there are at least `MIN_SILENCE_S` of silence. The thresholds follow the song's own
    level, so that a gain does not change the ranges.
    """
    power = np.square(rms, dtype=np.float64)
    minimum = 10 ** (MIN_LEVEL_DB / 10)
    if not (power > minimum).any():
        return []
    mean = power[power > minimum].mean()
    steps = np.flatnonzero(power > max(minimum, mean * 10 ** (-RANGE_DB / 10)))
    gap = round(MIN_SILENCE_S * spec.steps_per_s)
    breaks = np.flatnonzero(np.diff(steps) > gap)
    starts = steps[np.concatenate(([0], breaks + 1))].tolist()
    ends = (steps[np.concatenate((breaks, [len(steps) - 1]))] + 1).tolist()
    ranges = list(zip(starts, ends, strict=True))
    if ranges[0][0] <= gap:
        ranges[0] = (0, ranges[0][1])
    if ranges[-1][1] >= len(rms) - gap:
        ranges[-1] = (ranges[-1][0], len(rms))
    long = [(start, end) for start, end in ranges if end - start >= MIN_SOUND_S * spec.steps_per_s]
    return long or [(ranges[0][0], ranges[-1][1])]


def segments_with_silence(rms: np.ndarray, duration_s: float, spec: AudioSpec) -> list[Segment]:
    """The segments of a whole song: every range with sound is segmented on its own, every silence is one segment.

    `rms` as in `sound_ranges`. A song without silence has the segments of `segments_of`.
    """
    steps, position_s = len(rms), 0.0
    segments = []
    for start, end in sound_ranges(rms, spec):
        if (start, end) == (0, steps):
            return segments_of(duration_s, spec)
        start_s, end_s = start / spec.steps_per_s, duration_s if end == steps else end / spec.steps_per_s
        if start_s > position_s:
            segments.append(Segment(position_s, start_s, silent=True))
        segments += [
            Segment(start_s + segment.start_s, start_s + segment.end_s, range_steps=(start, end))
            for segment in segments_of(end_s - start_s, spec)
        ]
        position_s = end_s
    if position_s < duration_s:
        segments.append(Segment(position_s, duration_s, silent=True))
    return segments
