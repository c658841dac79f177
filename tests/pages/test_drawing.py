"""What the pages draw, before it is drawn."""

from itertools import pairwise
from typing import Any

import pytest

from classifier.views.drawing.features import feature_groups, number
from classifier.views.drawing.passages import MOST, moments, passages
from classifier.views.drawing.plane import MARGIN, SIZE, plane
from classifier.views.drawing.roll import LONGEST_PASSAGE_S, roll
from classifier.views.drawing.words import agreement_words, clock, confidence_words, length_text, percent, ticks
from ml.audio.passages import LONGEST_S
from ml.features.names import FEATURES
from ml.moods import MOODS, composite_name, joined_by


def segment(start_s: float, primary: str, secondary: str, end_s: float | None = None) -> dict[str, Any]:
    return {
        "start_s": start_s,
        "end_s": start_s + 10 if end_s is None else end_s,
        "mood": {
            "name": composite_name(primary, secondary),
            "primary": primary,
            "secondary": secondary,
            "joined_by": joined_by(primary, secondary),
            "confidence": 0.6,
            "certain": True,
        },
        "scores": {"valence": MOODS[primary].valence, "arousal": MOODS[primary].arousal},
    }


def test_passages_cover_the_song_once_though_segments_overlap() -> None:
    song = [segment(0, "calmness", "power"), segment(5, "power", "tension"), segment(10, "power", "tension")]
    calm, powerful = passages(song, 20.0)
    assert (calm.start_s, calm.end_s) == (0.0, 7.5)
    assert (powerful.start_s, powerful.end_s) == (7.5, 20.0)
    assert powerful.name == "Powerful and Tense"


def test_a_song_of_two_hours_is_drawn_in_a_bounded_number_of_passages() -> None:
    moods = [("calmness", "power"), ("tension", "sadness")]
    song = [segment(5.0 * i, *moods[i // 7 % 2]) for i in range(1439)]
    drawn = moments(song, 7200.0)
    assert len(drawn) <= MOST
    assert drawn[0].start_s == 0.0
    assert drawn[-1].end_s == 7200.0
    assert all(before.end_s == after.start_s for before, after in pairwise(drawn))


def test_several_segments_taken_together_have_the_mood_that_most_of_them_have() -> None:
    song = [segment(5.0 * i, *(("calmness", "power") if i % 3 else ("tension", "sadness"))) for i in range(360)]
    assert {moment.primary for moment in moments(song, 1805.0)} == {"calmness"}


def test_a_song_without_segments_has_an_empty_roll() -> None:
    empty = roll(passages([], 4.0), 4.0)
    assert empty.blocks == []
    assert empty.height == 0


def test_livelier_moods_stand_higher_on_the_roll() -> None:
    drawn = roll(passages([segment(0, "calmness", "power"), segment(5, "sadness", "tension")], 15.0), 15.0)
    keys = [row.side.key for row in drawn.rows]
    assert keys == sorted(keys, key=lambda key: -MOODS[key].arousal)
    assert [row.y for row in drawn.rows] == sorted(row.y for row in drawn.rows)


def test_a_long_passage_is_offered_as_far_as_it_is_cut() -> None:
    [line] = roll(passages([segment(5.0 * i, "calmness", "power") for i in range(40)], 205.0), 205.0).lines
    assert line.shortened
    assert float(line.cut_end_s) == LONGEST_PASSAGE_S == LONGEST_S


def test_the_corners_of_the_plane_are_the_ends_of_both_scales() -> None:
    low, high = plane(1.0, 1.0, []), plane(9.0, 9.0, [])
    assert (low.x, low.y) == (MARGIN, SIZE - MARGIN)
    assert (high.x, high.y) == (SIZE - MARGIN, MARGIN)


def test_the_57_features_are_shown_each_once_with_key_and_mode_in_words() -> None:
    groups = feature_groups({feature.name: 0.5 for feature in FEATURES} | {"key": 9, "mode": 0})
    rows = {row.name: row for group in groups for row in group.rows}
    assert sum(1 + (row.variance is not None) for row in rows.values()) == len(FEATURES) == 57
    assert rows["key"].value.number == "A minor"
    assert rows["mode"].value.number == "minor"
    assert (rows["rms"].value.unit, rows["rms"].variance.unit) == ("full scale", "full scale²")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (92.3, "92.3"), (0.012344, "0.01234"), (1234567.0, "1,234,567"), (3.2e-7, "3.200e-07"), (-2.0, "-2")],
)
def test_numbers_have_four_figures(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(("share", "whole"), [(0.0, 0), (0.001, 1), (0.444, 44), (0.996, 99), (1.0, 100)])
def test_a_doubt_is_never_rounded_away(share: float, whole: int) -> None:
    assert percent(share) == whole


@pytest.mark.parametrize(("seconds", "text"), [(None, ""), (0, "0:00"), (187.9, "3:07"), (7265, "2:01:05")])
def test_a_length_is_read_as_on_a_clock(seconds: float | None, text: str) -> None:
    assert clock(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(3, "3 seconds"), (7200, "2 hours"), (3600, "1 hour"), (90, "90 seconds")]
)
def test_a_limit_is_told_in_its_largest_whole_unit(seconds: float, text: str) -> None:
    assert length_text(seconds) == text


@pytest.mark.parametrize("duration_s", [3.0, 41.0, 187.0, 600.0, 3599.0, 7200.0])
def test_a_time_axis_has_a_few_marks_inside_the_song(duration_s: float) -> None:
    marks = ticks(duration_s)
    assert 1 <= len(marks) <= 7
    assert marks[0] == 0.0
    assert marks[-1] < duration_s


def test_confidence_and_agreement_have_words_from_end_to_end() -> None:
    assert confidence_words(99) == "almost certain"
    assert confidence_words(0) == "a hint"
    assert agreement_words(100) != agreement_words(0)


def test_a_moods_name_gives_way_to_the_song_that_lies_beside_it() -> None:
    mood = MOODS["nostalgia"]
    away = next(place for place in plane(1.0, 9.0, []).places if place.side.key == "nostalgia")
    near = next(place for place in plane(mood.valence + 0.8, mood.arousal, []).places if place.side.key == "nostalgia")
    assert (away.anchor, near.anchor) == ("start", "end")
