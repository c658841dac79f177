"""The sixteen mood terms and the nine emotions: their keys, places and names."""

from __future__ import annotations

from itertools import combinations

import pytest

from ml.moods import (
    EMOTION_NAMES,
    EMOTION_OF_TERM,
    EMOTIONS,
    MOOD_NAMES,
    MOODS,
    adjective,
    composite_name,
    joined_by,
    mixed_name,
    term_of,
)


def test_there_are_sixteen_terms_and_nine_emotions_in_a_fixed_order():
    assert MOOD_NAMES == (
        "joyful", "energetic", "playful", "powerful", "sensual", "angry", "tense", "dark",
        "sad", "nostalgic", "tender", "calm", "dreamy", "solemn", "elegant", "gritty",
    )  # fmt: skip
    assert EMOTION_NAMES == (
        "amazement", "solemnity", "tenderness", "nostalgia", "calmness",
        "power", "joyful_activation", "tension", "sadness",
    )  # fmt: skip


def test_no_key_is_both_a_term_and_an_emotion():
    assert set(MOODS) & set(EMOTIONS) == set()


@pytest.mark.parametrize("word", [*MOODS.values(), *EMOTIONS.values()], ids=lambda word: word.key)
def test_every_word_has_a_place_in_the_plane_and_a_prevalence(word):
    assert (MOODS | EMOTIONS)[word.key] is word
    assert 1 <= word.valence <= 9
    assert 1 <= word.arousal <= 9
    assert 0 < word.prevalence < 1


def test_the_key_of_a_term_is_its_adjective():
    assert [mood.adjective.lower() for mood in MOODS.values()] == list(MOODS)


def test_each_emotion_has_a_term_of_its_own():
    assert {key: term_of(key) for key in EMOTIONS} == {
        "amazement": "dreamy",
        "solemnity": "solemn",
        "tenderness": "tender",
        "nostalgia": "nostalgic",
        "calmness": "calm",
        "power": "powerful",
        "joyful_activation": "joyful",
        "tension": "tense",
        "sadness": "sad",
    }
    assert {EMOTION_OF_TERM[term_of(key)] for key in EMOTIONS} == set(EMOTIONS)


def test_a_term_is_its_own_term_and_an_unknown_word_has_none():
    assert [term_of(key) for key in MOODS] == list(MOODS)
    with pytest.raises(KeyError):
        term_of("grumpy")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("sad", "tender", "Sad but Tender"),
        ("angry", "tense", "Angry and Tense"),
        ("calm", "dreamy", "Calm and Dreamy"),
        ("sad", "energetic", "Sad but Energetic"),
        ("dark", "gritty", "Dark and Gritty"),
        ("playful", "calm", "Playful but Calm"),
        ("elegant", "nostalgic", "Elegant and Nostalgic"),
        ("amazement", "joyful_activation", "Wondrous and Joyful"),
    ],
)
def test_composite_names_read_naturally(first, second, expected):
    assert composite_name(first, second) == expected


def test_a_single_mood_is_named_by_its_adjective():
    assert composite_name("gritty") == adjective("gritty") == "Gritty"


def test_an_uncertain_mood_names_its_candidates():
    assert mixed_name("sad", "dark") == "Mixed: Sad or Dark"


def test_joining_does_not_depend_on_the_order_of_the_sides():
    assert all(joined_by(a, b) == joined_by(b, a) for a, b in combinations(MOODS, 2))
