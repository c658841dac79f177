"""The rule of the name: which two of the sixteen terms a song is called, in which order, and how sure that is."""

from __future__ import annotations

import json
import math
from itertools import combinations

import pytest

from ml.calibration import Calibration
from ml.errors import MoodError
from ml.moods import MOOD_NAMES, MOODS, NameRules, Naming
from ml.moods.naming import evidence
from tests.ml.mood_tables import EVEN, PLAIN, term_scores

SYNONYMS = Naming(near_synonyms=frozenset({frozenset({"angry", "tense"})}))
FITTED = Naming(
    offsets={"sad": -0.2, "tender": 0.35},
    quadrant_weight=0.6,
    lift={frozenset({"sad", "tender"}): 0.4},
    near_synonyms=frozenset({frozenset({"angry", "tense"}), frozenset({"calm", "tender"})}),
)


def rules(naming: Naming | None = None, calibration: Calibration = PLAIN) -> NameRules:
    return NameRules(naming or Naming(), calibration, EVEN)


def test_without_fitted_numbers_the_two_likeliest_terms_are_the_name():
    assert Naming().sides(term_scores(sad=0.7, tender=0.5, dark=0.3)) == ("sad", "tender")


def test_an_offset_lets_a_rarely_said_term_win():
    song = term_scores(sad=0.7, tender=0.5, elegant=0.4)
    assert Naming(offsets={"elegant": 0.3}).sides(song) == ("sad", "elegant")


def test_near_synonyms_never_make_a_name():
    song = term_scores(angry=0.8, tense=0.7, dark=0.4)
    assert Naming().sides(song) == ("angry", "tense")
    assert SYNONYMS.sides(song) == ("angry", "dark")


def test_the_stronger_of_two_near_synonyms_is_chosen_with_the_best_partner():
    assert SYNONYMS.sides(term_scores(angry=0.6, tense=0.7, gritty=0.5)) == ("tense", "gritty")


def test_a_term_against_the_quadrant_needs_a_higher_chance():
    song = term_scores(joyful=0.5, angry=0.45, tense=0.4, Q1=0.02, Q2=0.94, Q3=0.02, Q4=0.02)
    assert Naming().sides(song) == ("joyful", "angry")
    assert Naming(quadrant_weight=0.5).sides(song) == ("angry", "tense")


def test_a_mixture_across_the_quadrants_stays_possible():
    song = term_scores(sad=0.7, energetic=0.6, Q1=0.3, Q2=0.1, Q3=0.5, Q4=0.1)
    assert Naming(quadrant_weight=0.5).sides(song) == ("sad", "energetic")


def test_terms_in_the_middle_of_valence_fit_every_quadrant():
    bright, gloomy = term_scores(Q1=0.97, Q2=0.01, Q3=0.01, Q4=0.01), term_scores(Q1=0.01, Q2=0.01, Q3=0.97, Q4=0.01)
    naming = Naming(quadrant_weight=1.0)
    middle = [key for key, mood in MOODS.items() if 4 < mood.valence < 6]
    assert middle == ["nostalgic", "solemn"]
    for term in MOOD_NAMES:
        same = naming.utilities(bright)[term] == pytest.approx(naming.utilities(gloomy)[term])
        assert same == (term in middle)


def test_a_lift_joins_two_terms_that_people_use_together():
    song = term_scores(joyful=0.6, energetic=0.45, playful=0.5)
    assert Naming().sides(song) == ("joyful", "playful")
    assert Naming(lift={frozenset({"joyful", "energetic"}): 0.2}).sides(song) == ("joyful", "energetic")


def test_a_lift_does_not_change_which_side_comes_first():
    lift = {frozenset({"calm", "powerful"}): 5.0}
    assert Naming(lift=lift).sides(term_scores(powerful=0.2, calm=0.1, joyful=0.9)) == ("powerful", "calm")


def test_the_name_is_the_pair_with_the_largest_utility():
    song = term_scores(**{term: 0.05 + 0.9 * (7 * i % 16) / 16 for i, term in enumerate(MOOD_NAMES)}, Q2=0.6)
    own = FITTED.utilities(song)

    def utility(a: str, b: str) -> float:
        return own[a] + own[b] + FITTED.lift.get(frozenset({a, b}), 0.0)

    pairs = [pair for pair in combinations(MOOD_NAMES, 2) if frozenset(pair) not in FITTED.near_synonyms]
    best = sorted(pairs, key=lambda pair: -utility(*pair))[:4]
    assert [set(pair) for pair in FITTED.ranked_pairs(song)] == [set(pair) for pair in best]
    assert all(song["moods"][a] >= song["moods"][b] for a, b in FITTED.ranked_pairs(song))


def test_the_likelier_side_comes_first_and_in_older_bundles_that_with_the_larger_utility():
    song, offsets = term_scores(sad=0.6, elegant=0.5), {"elegant": 1.0}
    assert Naming(offsets).sides(song) == ("sad", "elegant")
    older = {key: value for key, value in Naming(offsets).to_card().items() if key != "likelier_first"}
    assert Naming.from_card(older).sides(song) == ("elegant", "sad")


def test_on_a_tie_the_rarer_terms_come_first():
    assert Naming().sides(term_scores(sad=0.5, nostalgic=0.5, elegant=0.5)) == ("nostalgic", "elegant")


def test_chances_of_zero_give_a_name_and_an_uncertain_result():
    composite = rules().compose(term_scores(rest=0.0))
    assert (composite.primary, composite.secondary) == ("nostalgic", "elegant")
    assert not composite.certain


def test_a_composite_has_the_documented_json():
    composite = rules().compose(term_scores(rest=0.1, sad=0.7, tender=0.5))
    assert composite.to_json() == {
        "name": "Sad but Tender",
        "primary": "sad",
        "secondary": "tender",
        "joined_by": "but",
        "confidence": round(composite.confidence, 4),
        "secondary_confidence": round(composite.secondary_confidence, 4),
        "certain": True,
        "genre": composite.genre,
    }


def test_confidence_depends_on_the_chance_and_its_lead_over_the_terms_outside_the_pair():
    song = term_scores(rest=0.1, sad=0.7, tender=0.5, dark=0.4)
    assert evidence(song["moods"], ("sad", "tender")) == (pytest.approx((0.7, 0.3)), pytest.approx((0.5, 0.1)))
    assert rules().compose(song).confidence == pytest.approx(PLAIN.first.chance(0.7, 0.3))


def test_below_the_threshold_the_name_is_mixed():
    never = Calibration(PLAIN.first, PLAIN.second, threshold=1.1)
    assert rules(calibration=never).compose(term_scores(sad=0.7, dark=0.5)).name == "Mixed: Sad or Dark"


def test_the_alternatives_are_the_next_three_pairs():
    composite = rules().compose(term_scores(sad=0.7, tender=0.6, dark=0.5, calm=0.45))
    assert {other["name"] for other in composite.alternatives} == {"Sad and Dark", "Sad but Calm", "Tender but Dark"}
    confidences = [other["confidence"] for other in composite.alternatives]
    assert confidences == sorted(confidences, reverse=True)


@pytest.mark.parametrize("value", [math.nan, math.inf, None, "much"])
def test_a_chance_that_is_not_finite_is_rejected_by_name(value):
    song = term_scores()
    song["moods"]["gritty"] = value
    with pytest.raises(MoodError, match=r"'gritty' is .*only finite numbers"):
        rules().compose(song)


@pytest.mark.parametrize(("group", "name"), [("moods", "sad"), ("quadrants", "Q3")])
def test_a_missing_score_is_rejected_by_name(group, name):
    song = term_scores()
    del song[group][name]
    with pytest.raises(MoodError, match=f"'{name}' is missing"):
        rules().compose(song)


# The card.


def test_the_rule_survives_the_card():
    assert Naming.from_card(json.loads(json.dumps(FITTED.to_card()))) == FITTED


def test_the_order_of_a_pair_in_the_card_does_not_matter():
    card = FITTED.to_card()
    assert Naming.from_card(card | {"lift": {"tender sad": 0.4}}) == FITTED


@pytest.mark.parametrize("part", ["offsets", "quadrant_weight", "lift", "near_synonyms"])
def test_an_incomplete_rule_is_rejected(part):
    card = FITTED.to_card()
    del card[part]
    with pytest.raises(MoodError, match="no usable rule of the name") as caught:
        Naming.from_card(card)
    assert caught.value.code == "model_corrupt"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"offsets": {"grumpy": 1.0}}, "unknown mood 'grumpy'"),
        ({"offsets": {"sad": math.nan}}, "offset of sad"),
        ({"lift": {"sad": 0.2}}, "two different ones are needed"),
        ({"near_synonyms": [["sad", "sad"]]}, "two different ones are needed"),
        ({"quadrant_weight": "much"}, "quadrant_weight"),
        ({"offsets": [1.0]}, "no usable rule of the name"),
    ],
)
def test_an_unusable_rule_is_rejected_by_what_is_wrong(change, sentence):
    with pytest.raises(MoodError, match=sentence):
        Naming.from_card(FITTED.to_card() | change)
