"""The nine-emotion rule of models before mood-4: its sides, their order, conjunction and confidence stay unchanged."""

from __future__ import annotations

import json
import math
import random
from itertools import combinations
from pathlib import Path

import pytest

from ml.calibration import Calibration, Logistic, Reference
from ml.errors import MoodError
from ml.moods import (
    APART,
    CLOSE,
    EMOTION_NAMES,
    EMOTIONS,
    NAMED_TOGETHER,
    compose,
    composite_name,
    evidence,
    joined_by,
    mixed_name,
    named_most,
    ranking,
    sides,
    true_pairs,
)
from ml.moods.older_rules import near_synonyms
from tests.ml.mood_tables import EVEN, PLAIN, scores, shares

BUNDLES = Path(__file__).resolve().parents[2] / "ml" / "bundles"
NEVER = Calibration(PLAIN.first, PLAIN.second, threshold=1.1)


@pytest.mark.parametrize("version", ["mood-1", "mood-2", "mood-3"])
@pytest.mark.parametrize("view", ["both", "cnn1d", "cnn2d"])
def test_older_models_still_give_the_answers_they_gave(version, view):
    values = json.loads((BUNDLES / version / "card.json").read_text())
    calibration = Calibration.from_card(values["calibration"][view])
    reference = Reference.from_card(values["reference"][view])
    for song in json.loads(Path(__file__).with_name("older_answers.json").read_text()):
        composite = compose(song["scores"], calibration, reference)
        assert {
            "mood": composite.to_json(),
            "alternatives": list(composite.alternatives),
            "genres": {name: round(strength, 4) for name, strength in composite.genres.items()},
        } == song["answers"][version][view]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("calmness", "power", "Calm but Powerful"),
        ("joyful_activation", "tension", "Joyful but Tense"),
        ("tenderness", "nostalgia", "Tender and Nostalgic"),
        ("power", "tension", "Powerful and Tense"),
        ("calmness", "sadness", "Calm but Sad"),
        ("nostalgia", "sadness", "Nostalgic and Sad"),
        ("sadness", "tension", "Sad and Tense"),
        ("solemnity", "power", "Solemn and Powerful"),
        ("joyful_activation", "solemnity", "Joyful but Solemn"),
        ("joyful_activation", "tenderness", "Joyful and Tender"),
        ("amazement", "joyful_activation", "Wondrous and Joyful"),
        ("tension", "calmness", "Tense but Calm"),
    ],
)
def test_composite_names_read_naturally(first, second, expected):
    assert composite_name(first, second) == expected


def test_a_single_mood_is_named_by_its_adjective():
    assert composite_name("tension") == "Tense"


def test_joining_does_not_depend_on_the_order_of_the_sides():
    assert all(joined_by(a, b) == joined_by(b, a) for a, b in combinations(EMOTION_NAMES, 2))


def test_no_pair_is_on_the_border_between_and_and_but():
    gaps = [max(EMOTIONS[a].apart(EMOTIONS[b])) for a, b in combinations(EMOTION_NAMES, 2)]
    assert min(abs(gap - APART) for gap in gaps) > 0.05


def test_near_synonyms_are_close_and_named_together():
    for a, b in combinations(EMOTION_NAMES, 2):
        together = (a, b) in NAMED_TOGETHER or (b, a) in NAMED_TOGETHER
        close = max(EMOTIONS[a].apart(EMOTIONS[b])) < CLOSE
        assert (b in near_synonyms(a)) == (a in near_synonyms(b)) == (together and close)


def test_calm_and_tender_are_the_only_near_synonyms():
    assert {key: set(near_synonyms(key)) for key in EMOTION_NAMES if near_synonyms(key)} == {
        "calmness": {"tenderness"},
        "tenderness": {"calmness"},
    }


def test_the_second_side_is_not_a_near_synonym_of_the_first():
    assert sides(shares(calmness=0.6, tenderness=0.5, nostalgia=0.2)) == ("calmness", "nostalgia")


def test_a_close_mood_that_is_not_a_near_synonym_may_be_the_second_side():
    assert sides(shares(joyful_activation=0.6, amazement=0.5)) == ("joyful_activation", "amazement")


def test_on_a_tie_the_rarer_mood_comes_first():
    assert sides(shares(calmness=0.4, amazement=0.4, joyful_activation=0.4)) == (
        "amazement",
        "joyful_activation",
    )


def test_shares_that_differ_only_by_rounding_tie():
    assert sides(shares(joyful_activation=0.3 + 1e-12, power=0.3)) == ("power", "joyful_activation")


def test_zero_shares_give_the_rarest_moods_and_an_uncertain_result():
    answer = compose(scores(rest=0.0), PLAIN, EVEN)
    assert (answer.primary, answer.secondary) == ("amazement", "tenderness")
    assert not answer.certain
    assert answer.confidence < 0.05


def test_a_single_mood_gives_an_uncertain_second_side():
    answer = compose(scores(rest=0.0, tension=0.9), PLAIN, EVEN)
    assert answer.primary == "tension"
    assert answer.certain
    assert answer.confidence > 0.9
    assert answer.secondary_confidence < 0.05


def test_the_ranking_contains_all_nine_emotions():
    assert sorted(ranking(shares(0.1, power=0.2))) == sorted(EMOTIONS)


def test_a_composite_has_the_documented_json():
    song = scores(valence=6.1, arousal=3.4, rest=0.1, calmness=0.6, power=0.45, solemnity=0.4)
    answer = compose(song, PLAIN, EVEN)
    assert answer.to_json() == {
        "name": "Calm but Powerful",
        "primary": "calmness",
        "secondary": "power",
        "joined_by": "but",
        "confidence": round(answer.confidence, 4),
        "secondary_confidence": round(answer.secondary_confidence, 4),
        "certain": True,
        "genre": "CalmButEpic",
    }


def test_an_uncertain_composite_is_mixed_and_names_its_candidates():
    answer = compose(scores(rest=0.2, calmness=0.26, tension=0.25), NEVER, EVEN)
    assert answer.name == "Mixed: Calm or Tense" == mixed_name("calmness", "tension")
    assert (answer.primary, answer.secondary, answer.certain) == ("calmness", "tension", False)


def test_a_confidence_at_the_threshold_is_certain():
    song = scores(calmness=0.5)
    exact = Calibration(PLAIN.first, PLAIN.second, compose(song, PLAIN, EVEN).confidence)
    assert compose(song, exact, EVEN).certain


def test_confidence_depends_on_the_share_and_its_lead():
    expected = evidence(shares(0.1, calmness=0.6, power=0.4, sadness=0.3), ("calmness", "power"))
    assert expected == (pytest.approx((0.6, 0.3)), pytest.approx((0.4, 0.1)))


def test_a_skipped_near_synonym_counts_as_a_rival():
    first, second = evidence(shares(calmness=0.6, tenderness=0.5, nostalgia=0.2), ("calmness", "nostalgia"))
    assert first[1] == pytest.approx(0.1)
    assert second[1] == pytest.approx(-0.3)


def test_alternatives_are_other_pairs_with_lower_confidence():
    answer = compose(scores(rest=0.05, calmness=0.6, tenderness=0.5, power=0.4, sadness=0.3), PLAIN, EVEN)
    names = [other["name"] for other in answer.alternatives]
    assert names == ["Tender but Powerful", "Calm but Sad", "Tender but Sad"]
    weakest = min(answer.confidence, answer.secondary_confidence)
    assert all(0 <= other["confidence"] <= weakest for other in answer.alternatives)


def test_scores_of_any_number_type_are_accepted():
    numpy = pytest.importorskip("numpy")
    song = scores(calmness=numpy.float32(0.5), valence=numpy.float64(6))
    assert type(compose(song, PLAIN, EVEN).to_json()["confidence"]) is float


# The truth that a composite is measured against.


def test_without_a_tie_there_is_one_true_pair():
    assert true_pairs(shares(power=0.5, tension=0.3, sadness=0.2)) == {frozenset({"power", "tension"})}


def test_every_tied_pair_is_true():
    assert true_pairs(shares(power=0.5, tension=0.3, sadness=0.3)) == {
        frozenset({"power", "tension"}),
        frozenset({"power", "sadness"}),
    }


def test_three_moods_that_tie_at_the_top_make_three_true_pairs():
    assert len(true_pairs(shares(power=0.5, tension=0.5, sadness=0.5))) == 3


def test_near_synonyms_that_tie_each_take_the_next_mood():
    assert true_pairs(shares(calmness=0.5, tenderness=0.5, sadness=0.3)) == {
        frozenset({"calmness", "sadness"}),
        frozenset({"tenderness", "sadness"}),
    }


def test_the_sides_of_the_listeners_own_shares_are_always_a_true_pair():
    chance = random.Random(5)
    for _ in range(500):
        listener_shares = {key: round(chance.randrange(12) / 11, 4) for key in EMOTIONS}
        assert frozenset(sides(listener_shares)) in true_pairs(listener_shares)


def test_moods_that_tie_for_second_place_are_all_named_most():
    assert named_most(shares(power=0.5, tension=0.3, sadness=0.3)) == {"power", "tension", "sadness"}


def test_three_moods_that_tie_for_first_place_are_all_named_most():
    assert named_most(shares(power=0.5, tension=0.5, sadness=0.5, calmness=0.4)) == {
        "power",
        "tension",
        "sadness",
    }


def test_a_mood_that_nobody_names_is_never_named_most():
    assert named_most(shares(power=0.5)) == {"power"}
    assert named_most(shares()) == frozenset()


# What is no score.


@pytest.mark.parametrize("value", [math.nan, math.inf, None, "much"])
def test_a_score_that_is_not_finite_is_rejected_by_name(value):
    with pytest.raises(MoodError, match=r"'calmness' is .*only finite numbers") as caught:
        compose(scores(calmness=value), PLAIN, EVEN)
    assert caught.value.code == "model_corrupt"


@pytest.mark.parametrize(("group", "name"), [("emotions", "power"), ("quadrants", "Q3"), ("clusters", "c5")])
def test_a_missing_score_is_rejected_by_name(group, name):
    song = scores()
    del song[group][name]
    with pytest.raises(MoodError, match=f"'{name}' is missing"):
        compose(song, PLAIN, EVEN)


def test_scores_without_emotions_are_rejected():
    with pytest.raises(MoodError, match="missing"):
        compose({"valence": 5.0, "arousal": 5.0}, PLAIN, EVEN)


# Calibration.


def test_the_probability_rises_with_the_share_and_with_the_lead():
    side = Logistic(-0.2, 0.8, 3.0)
    assert side.chance(0.2, 0.0) < side.chance(0.4, 0.0) < side.chance(0.4, 0.2)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 1.1])
def test_the_probability_is_finite_at_shares_0_and_1(share):
    assert 0 < Logistic(0.0, 1.0, 1.0).chance(share, 0.0) < 1


def test_the_probability_is_the_logistic_function():
    assert Logistic(0.3, 1.0, 2.0).chance(0.5, 0.1) == pytest.approx(1 / (1 + math.exp(-0.5)))


def test_an_extreme_score_does_not_overflow():
    assert Logistic(1000.0, 1.0, 1.0).chance(0.5, 0.0) == 1.0
