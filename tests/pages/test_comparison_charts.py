"""Charts that compare two songs, and corrections with predictions."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from classifier.charts.library.agreement_rates import agreement_bar, agreement_rates
from classifier.charts.library.correction_matrix import correction_matrix, moods_by_angle
from classifier.charts.mood_names import CompositeMood
from classifier.charts.song.alignment import Track, alignment
from classifier.charts.song.song_comparison import mood_comparison, position_difference_text, shared_moods_text
from classifier.charts.song.sound_differences import key_text, sound_differences
from classifier.library.label_agreement import Agreement, Judgement
from classifier.ml_gateway import EMOTIONS, MOODS
from ml.features.names import NAMES
from tests.classifier.fake_analysis import mood, older_scores, scores


def composite(*moods: str) -> CompositeMood:
    return CompositeMood.from_keys(*(*moods, "")[:2])


def segments(*moods: str, arousal: float = 5.0) -> list[dict[str, Any]]:
    """One after another, of 10 s each, with "powerful" as the second mood."""
    return [
        {
            "start_s": 10.0 * i,
            "end_s": 10.0 * (i + 1),
            "mood": mood(key) | {"name": key},
            "scores": scores(key) | {"arousal": arousal},
        }
        for i, key in enumerate(moods)
    ]


@pytest.mark.parametrize(
    ("a", "b", "text"),
    [
        (("calm", "powerful"), ("calm", "powerful"), "Both are Calm but Powerful."),
        (("calm", "powerful"), ("powerful", "calm"), "Both are Calm and Powerful, in a different order."),
        (("calm", "powerful"), ("sad", "powerful"), "Both are Powerful; A is also Calm, B is also Sad."),
        (("calm",), ("calm", "powerful"), "Both are Calm; B is also Powerful."),
        (
            ("calm", "powerful"),
            ("sad", "tense"),
            "They share no mood: A is Calm and Powerful, B is Sad and Tense.",
        ),
    ],
)
def test_shared_moods_are_described(a: tuple[str, ...], b: tuple[str, ...], text: str) -> None:
    assert shared_moods_text(composite(*a), composite(*b)) == text


def test_small_differences_of_valence_and_arousal_are_ignored() -> None:
    here = {"valence": 6.0, "arousal": 3.0}
    assert position_difference_text(here, {"valence": 6.2, "arousal": 3.2}).startswith("They are about equally lively")
    assert (
        position_difference_text(here, {"valence": 5.0, "arousal": 3.1})
        == "B is less pleasant (valence 5.0 versus 6.0)."
    )


def test_moods_share_an_axis_with_the_largest_difference_first() -> None:
    compared = mood_comparison(scores("calm"), scores("tense"))
    first, *rest = compared.pairs
    assert (compared.end, compared.of_terms) == (70, True)
    assert (first.low_x, first.high_x) == ("14.29%", "100.00%")
    assert {first.side.key, rest[0].side.key} == {"calm", "tense"}
    assert len(rest) == len(MOODS) - 1


def test_a_song_with_an_older_result_is_compared_by_emotions() -> None:
    compared = mood_comparison(scores("calm"), older_scores("tension"))
    assert not compared.of_terms
    assert {pair.side.key for pair in compared.pairs} == {emotion.term for emotion in EMOTIONS.values()}
    assert {pair.side.key for pair in compared.pairs[:2]} == {"calm", "tense"}


def test_the_time_axis_ends_with_the_longer_song() -> None:
    a, b = Track("A", segments("calm", "tense"), 20.0), Track("B", segments("calm"), 10.0)
    drawn = alignment(a, b, stretched=False)
    one, other = drawn.strips
    assert [(block.x, block.width) for block in one.first] == [("0.000%", "50.000%"), ("50.000%", "50.000%")]
    assert [(block.x, block.width) for block in other.first] == [("0.000%", "50.000%")]
    assert "same for 100 % of the time" in drawn.text
    assert [line.b is None for line in drawn.table] == [False] * 5 + [True] * 5


def test_stretched_songs_both_take_the_whole_width() -> None:
    a, b = Track("A", segments("calm", "tense"), 20.0), Track("B", segments("calm"), 10.0)
    drawn = alignment(a, b, stretched=True)
    assert drawn.strips[1].first[0].width == "100.000%"
    assert "same for 50 % of the time, and they share at least one mood for 100 %" in drawn.text
    assert [tick.text for tick in drawn.ticks] == ["0 %", "25 %", "50 %", "75 %"]


def test_a_curve_covers_the_song_and_higher_values_are_higher() -> None:
    a = Track("A", segments("calm", "calm", arousal=3.0), 20.0)
    b = Track("B", segments("calm", "calm", arousal=6.0), 20.0)
    lively = alignment(a, b, stretched=False).curves[0]
    assert (lively.least, lively.most) == (2, 7)
    points = {name: [point.split(",") for point in line.split()] for name, line in (("a", lively.a), ("b", lively.b))}
    assert [points["a"][0][0], points["a"][-1][0]] == ["0.0", "1000.0"]
    assert float(points["b"][0][1]) < float(points["a"][0][1])
    assert lively.neutral_y == 40.0


def test_a_song_without_segments_has_an_empty_strip() -> None:
    drawn = alignment(Track("A", [], 0.0), Track("B", segments("calm"), 10.0), stretched=False)
    assert drawn.strips[0].first == []
    assert drawn.text == ""
    assert drawn.curves[0].a == ""


def test_the_largest_difference_in_sound_comes_first() -> None:
    a = dict.fromkeys(NAMES, 0.5) | {"tempo_bpm": 70.0}
    b = a | {"tempo_bpm": 170.0, "zero_crossing_rate_mean": 0.6}
    differences = sound_differences(a, b, "mood-3")
    assert [one.text for one in differences] == ["B is faster"]
    assert differences[0].values == "70 and 170 BPM"
    assert [one.text for one in sound_differences(b, a, "mood-3")] == ["B is slower"]
    assert sound_differences(a, a, "mood-3") == []


def test_without_features_or_model_there_are_no_sound_differences() -> None:
    values = dict.fromkeys(NAMES, 0.5)
    assert sound_differences({}, values, "mood-3") == []
    assert sound_differences(values, values | {"tempo_bpm": 170.0}, "mood-gone") == []
    assert key_text({}) == ""


def test_similar_moods_are_neighbours_in_the_matrix() -> None:
    order = moods_by_angle()
    assert sorted(order) == sorted(MOODS)
    neighbours = {frozenset(pair) for pair in pairwise(order)}
    assert frozenset(("angry", "tense")) in neighbours
    assert frozenset(("powerful", "joyful")) in neighbours


def test_a_matrix_cell_is_as_dark_as_its_share_of_the_row() -> None:
    counts = {("calm", "calm"): 3, ("calm", "sad"): 1, ("powerful", "powerful"): 1}
    matrix = correction_matrix("x", "", "", counts, lambda label, prediction: "#")
    [row] = [row for row in matrix.rows if row.label.key == "calm"]
    cells = {cell.prediction.key: cell for cell in row.cells}
    assert (cells["calm"].depth, cells["sad"].depth, cells["powerful"].depth) == (8, 3, 0)
    assert cells["calm"].correct
    assert cells["powerful"].address == ""
    assert matrix.summary == "Most frequent confusion: you say Calm, the analysis says Sad (once)."


def judgement(*labels: str, agreement: Agreement, songs: int = 1) -> Judgement:
    return Judgement(labels, ("calm", "powerful"), agreement.value, songs)


def test_the_segments_of_the_agreement_bar_add_up() -> None:
    groups = [
        judgement("calm", "powerful", agreement=Agreement.FULL, songs=9),
        judgement(agreement=Agreement.NONE, songs=3),
        judgement(agreement=Agreement.OUTDATED),
    ]
    assert [(segment.agreement, segment.x, segment.width) for segment in agreement_bar(groups)] == [
        ("whole", "0.00%", "75.00%"),
        ("miss", "75.00%", "25.00%"),
    ]


def test_one_stated_mood_does_not_answer_whether_both_match() -> None:
    rates = agreement_rates([judgement("calm", agreement=Agreement.PARTIAL, songs=10)], {})
    assert [rate.title for rate in rates] == ["Its main mood is one of yours", "At least one mood matches"]
    assert rates[0].count_text == "10 of 10 songs"
    assert rates[0].figure is not None
    assert rates[0].figure.interval == "72 to 100 %"


def test_a_few_songs_give_a_count_and_no_percentage() -> None:
    rates = agreement_rates([judgement("calm", agreement=Agreement.PARTIAL)], {})
    assert [(rate.count_text, rate.figure) for rate in rates] == [("1 of 1 song", None)] * 2
