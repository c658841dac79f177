"""Overlapping segments cover the whole song, and the last one ends with it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ml.audio.segments import Segment, frame_window, segments_of, step_window
from ml.spec import SPEC


@pytest.mark.parametrize("duration_s", [10.1, 11.0, 14.9, 15.0, 17.3, 30.0, 213.4, 7200.0])
def test_segments_cover_the_song_and_the_last_ends_with_it(duration_s: float) -> None:
    segments = segments_of(duration_s, SPEC)
    assert segments[0].start_s == 0.0
    assert segments[-1].end_s == pytest.approx(duration_s)
    assert all(segment.end_s - segment.start_s == pytest.approx(SPEC.segment_s) for segment in segments)
    assert all(later.start_s - earlier.start_s <= 6.0 for earlier, later in pairwise(segments))


def test_a_short_song_is_one_segment() -> None:
    assert segments_of(4.0, SPEC) == [Segment(0.0, 4.0)]


@pytest.mark.parametrize("duration_s", [3.0, 4.2, 9.99, 10.0, 10.4, 31.7])
def test_every_window_has_its_full_length_and_stays_inside_the_song(duration_s: float) -> None:
    steps, frames = int(duration_s * SPEC.steps_per_s) + 1, max(1, int(duration_s - SPEC.frame_s) + 1)
    for segment in segments_of(duration_s, SPEC):
        for window, count, available in (
            (step_window(segment, steps, SPEC), SPEC.segment_steps, steps),
            (frame_window(segment, frames, SPEC), SPEC.segment_frames, frames),
            (frame_window(segment, frames, SPEC, (8, 28)), 36, frames),
        ):
            assert len(window) == count
            assert window.min() >= 0
            assert window.max() < available


def test_the_last_window_ends_with_the_song() -> None:
    steps = 17 * SPEC.steps_per_s + 1
    assert step_window(segments_of(17.0, SPEC)[-1], steps, SPEC)[-1] >= steps - 2


def test_a_wide_view_is_centred_on_the_segment_and_moved_inwards_at_the_ends() -> None:
    segments, frames = segments_of(60.0, SPEC), 58
    near, wide = SPEC.segment_frames, SPEC.wide_frames
    middle = frame_window(segments[5], frames, SPEC, (near, wide))
    assert middle[:near].tolist() == list(range(25, 33))
    assert middle[near:].tolist() == list(range(15, 43))
    assert frame_window(segments[0], frames, SPEC, (wide,)).tolist() == list(range(28))
    assert frame_window(segments[-1], frames, SPEC, (wide,)).tolist() == list(range(30, 58))
