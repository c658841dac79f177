"""The strongest passage of each side."""

from __future__ import annotations

from typing import Any

import pytest

from ml.inference.passages import strongest_passages


def segment(start_s: float, **shares: float) -> dict[str, Any]:
    return {"start_s": start_s, "end_s": start_s + 10, "scores": {"emotions": {"calmness": 0.2, "power": 0.2} | shares}}


SEGMENTS = [segment(0), segment(5, calmness=0.6), segment(10, power=0.5), segment(15, calmness=0.4)]


def test_each_side_has_the_segment_with_its_highest_share() -> None:
    passages = strongest_passages(SEGMENTS, "calmness", "power")
    assert [(one.mood, one.index, one.start_s, one.end_s) for one in passages.values()] == [
        ("calmness", 1, 5, 15),
        ("power", 2, 10, 20),
    ]
    assert list(passages) == ["primary", "secondary"]


def test_a_passage_has_the_mean_share_of_the_song() -> None:
    passages = strongest_passages(SEGMENTS, "calmness", "power")["primary"]
    assert (passages.share, passages.typical) == (0.6, pytest.approx(0.35))


def test_on_a_tie_the_first_passage_wins() -> None:
    assert strongest_passages([segment(0), segment(5)], "power", "calmness")["secondary"].index == 0


def test_silent_segments_do_not_count() -> None:
    silence = {"start_s": 60.0, "end_s": 90.0, "silent": True, "scores": None}
    assert strongest_passages([*SEGMENTS, silence], "calmness", "power") == strongest_passages(
        SEGMENTS, "calmness", "power"
    )
    assert strongest_passages([silence], "calmness", "power") == {}


def test_a_term_is_strongest_where_its_chance_is_highest() -> None:
    terms = [
        {"start_s": start_s, "end_s": start_s + 10, "scores": {"moods": {"sad": chance, "tender": 1 - chance}}}
        for start_s, chance in ((0, 0.2), (5, 0.9), (10, 0.4))
    ]
    passages = strongest_passages(terms, "sad", "tender")
    assert [(one.mood, one.index, one.share) for one in passages.values()] == [("sad", 1, 0.9), ("tender", 0, 0.8)]


def test_a_song_without_segments_has_no_passage() -> None:
    assert strongest_passages([], "calmness", "power") == {}
