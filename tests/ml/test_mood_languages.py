"""The words of moods in every language: complete, different, and joined as the language joins them."""

from __future__ import annotations

import re

import pytest

from ml.moods import EMOTIONS, GENRES, MOODS, composite_name, mixed_name
from ml.moods.words import LANGUAGES, MoodWords, TermWords, mood_words

EVERY = pytest.mark.parametrize("code", LANGUAGES)


def test_english_german_spanish_and_french_are_there():
    assert list(LANGUAGES) == ["en", "de", "es", "fr"]


@EVERY
def test_every_term_emotion_and_genre_has_its_words(code):
    words = LANGUAGES[code]
    assert list(words.terms) == list(MOODS)
    assert list(words.emotions) == list(EMOTIONS)
    assert list(words.genres) == list(GENRES)
    for entry in (*words.terms.values(), *words.emotions.values()):
        assert all((entry.adjective, entry.noun, entry.description))
    for genre in words.genres.values():
        assert all((genre.title, genre.description))


@EVERY
def test_no_two_terms_share_a_word(code):
    terms = LANGUAGES[code].terms.values()
    for words in ([term.adjective for term in terms], [term.noun for term in terms]):
        assert len(set(words)) == len(words)


@EVERY
def test_no_mood_word_has_a_character_that_separates_the_values_of_a_tag(code):
    words = mood_words(code)
    for key in (*MOODS, *EMOTIONS):
        assert not re.search("[;/,]", words.adjective(key) + words.noun(key))
    for conjunction in ("and", "but"):
        assert not re.search("[;/,]", words.join("sad", "tender", conjunction, in_tag=True))


@pytest.mark.parametrize(
    ("code", "but", "and_", "mixed"),
    [
        ("en", "Sad but Tender", "Calm and Dreamy", "Mixed: Calm or Tense"),
        ("de", "Traurig, aber zärtlich", "Ruhig und verträumt", "Gemischt: ruhig oder angespannt"),
        ("es", "Triste pero tierno", "Tranquilo y soñador", "Mixto: tranquilo o tenso"),
        ("fr", "Triste mais tendre", "Calme et rêveur", "Mitigé\N{NO-BREAK SPACE}: calme ou tendu"),
    ],
)
def test_a_composite_mood_is_composed_as_the_language_does(code, but, and_, mixed):
    words = mood_words(code)
    assert words.join("sad", "tender") == but
    assert words.join("calm", "dreamy") == and_
    assert words.mixed("calm", "tense") == mixed


def test_english_says_what_the_models_say():
    words = mood_words("en")
    for primary in MOODS:
        assert words.join(primary) == composite_name(primary)
        for secondary in MOODS.keys() - {primary}:
            assert words.join(primary, secondary) == composite_name(primary, secondary)
            assert words.mixed(primary, secondary) == mixed_name(primary, secondary)


def test_the_german_comma_stays_out_of_tags():
    assert mood_words("de").join("sad", "tender", in_tag=True) == "Traurig aber zärtlich"


def test_spanish_conjunctions_change_before_their_own_sound():
    words = mood_words("es")
    assert words.mixed("sad", "dark") == "Mixto: triste u oscuro"
    own = MoodWords(LANGUAGES["es"], {"tender": TermWords("íntimo", "intimidad", "")})
    assert own.join("calm", "tender", "and") == "Tranquilo e íntimo"
    assert own.and_before("hielo") == " y "


def test_an_emotion_of_an_older_model_has_words_too():
    assert mood_words("de").join("amazement", "calmness", "and") == "Staunend und ruhig"


@pytest.mark.parametrize(
    ("language", "code"), [("de-AT", "de"), ("fr_CA", "fr"), ("ES", "es"), ("pt", "en"), ("", "en")]
)
def test_a_region_gets_the_words_of_its_language_and_an_unknown_language_those_of_english(language, code):
    assert mood_words(language).language is LANGUAGES[code]
