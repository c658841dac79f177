"""Where in a song each of its two sides is strongest."""

from __future__ import annotations

from typing import Any

import pytest

from ml.inference.passages import strongest_passages


def segment(start_s: float, **shares: float) -> dict[str, Any]:
    return {"start_s": start_s, "end_s": start_s + 10, "scores": {"emotions": {"calmness": 0.2, "power": 0.2} | shares}}


SEGMENTS = [segment(0), segment(5, calmness=0.6), segment(10, power=0.5), segment(15, calmness=0.4)]


def test_each_side_has_the_segment_in_which_its_share_is_highest() -> None:
    found = strongest_passages(SEGMENTS, "calmness", "power")
    assert [(one.mood, one.index, one.start_s, one.end_s) for one in found.values()] == [
        ("calmness", 1, 5, 15),
        ("power", 2, 10, 20),
    ]
    assert list(found) == ["primary", "secondary"]


def test_what_is_typical_of_the_song_is_told_beside_it() -> None:
    found = strongest_passages(SEGMENTS, "calmness", "power")["primary"]
    assert (found.share, found.typical) == (0.6, pytest.approx(0.35))


def test_of_equally_strong_passages_the_first_is_taken() -> None:
    assert strongest_passages([segment(0), segment(5)], "power", "calmness")["secondary"].index == 0


def test_a_song_without_segments_has_no_passage() -> None:
    assert strongest_passages([], "calmness", "power") == {}
