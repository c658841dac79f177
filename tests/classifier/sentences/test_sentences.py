"""Sentences that ask for songs: what they mean, as people type them."""

from __future__ import annotations

import random
import string

import pytest

from classifier import ml_gateway
from classifier.sentences.grammar import read_sentence
from classifier.sentences.lexicon import lexicon
from classifier.sentences.meaning import Kind, Reading, sentence_of
from classifier.sentences.mood_words import mood_phrases
from classifier.sentences.names import ListedNames
from classifier.sentences.spelling import Spelling
from classifier.sentences.tokens import MAX_CHARACTERS
from tests.classifier.sentences.sentences import ARTISTS, MUSIC_GENRES, SENTENCES, TITLES, Sentence

NAMES = ListedNames(titles=TITLES, artists=ARTISTS, music_genres=MUSIC_GENRES)


def read(text: str) -> Reading:
    return read_sentence(text, NAMES)


def meaning(text: str) -> str:
    return sentence_of(read(text).understood)


def test_there_are_sixty_sentences() -> None:
    assert len({sentence.text for sentence in SENTENCES}) == 60


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda sentence: sentence.text)
def test_a_sentence_means_what_a_person_means(sentence: Sentence) -> None:
    reading = read(sentence.text)

    assert sentence_of(reading.understood) == sentence.means
    assert reading.not_understood == sentence.left


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda sentence: sentence.text)
def test_the_phrases_of_the_parts_are_read_as_the_same_parts(sentence: Sentence) -> None:
    again = read(sentence.means)

    assert sentence_of(again.understood) == sentence.means
    assert again.not_understood == ()


def test_every_part_shows_the_words_that_it_was_read_from() -> None:
    reading = read("Hapy songs, not too slow, no rap or METAL")

    assert [(part.words, part.reading) for part in reading.understood] == [
        ("Hapy", "Joyful"),
        ("not too slow", "From 80 BPM"),
        ("no rap", "Not Rap"),
        ("METAL", "Not Metal"),
    ]
    assert [part.spelled for part in reading.understood] == ["happy", "", "", ""]


def test_a_mood_named_twice_counts_once_and_a_contradiction_is_told() -> None:
    assert meaning("sad, gloomy and very unhappy") == "very sad"

    reading = read("sad but not sad")
    assert sentence_of(reading.understood) == "not sad"
    assert reading.not_understood == ("sad",)


def test_two_tempi_narrow_each_other_and_of_contradicting_ones_the_last_counts() -> None:
    assert meaning("fast, under 150 bpm") == "between 130 and 150 bpm"

    reading = read("slow, over 150 bpm")
    assert sentence_of(reading.understood) == "at least 150 bpm"
    assert reading.not_understood == ("slow",)


def test_what_is_outside_of_a_closed_range_cannot_be_asked_for() -> None:
    assert meaning("nothing after 2000") == "until 2000"
    assert meaning("nothing before 1970") == "since 1970"

    reading = read("calm, not from the 80s")
    assert sentence_of(reading.understood) == "calm"
    assert reading.not_understood == ("80s",)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("not sad or angry", "not sad, not angry"),
        ("not sad, angry", "not sad, angry"),
        ("no sad, angry or dark songs", "not sad, not angry, not dark"),
        ("no rap, sad and slow", 'no genre "Rap", sad, at most 90 bpm'),
        ("without rap but jazzy", 'no genre "Rap", genre "Jazz"'),
        ("not very sad", "less sad"),
        ("not remarkably sad", "not sad"),
        ("no vocals happy songs", "joyful"),
        ("no vocals or sad songs, happy", "not sad, joyful"),
    ],
)
def test_how_far_not_reaches(text: str, means: str) -> None:
    assert meaning(text) == means


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("sad radiohead songs", 'sad, by "Radiohead"'),
        ("sad songs of the cure", 'sad, by "The Cure"'),
        ("sad songs, no radiohead", 'sad, not by "Radiohead"'),
        ("by some unknown band, calm", 'by "some unknown band", calm'),
        ("songs like radiohead", 'like artist "Radiohead"'),
        ('from "Slow Water" to "Wires" in 10 songs', 'from "Slow Water" to "Wires", 10 songs'),
        ("from slow water to joyful", 'from "Slow Water" to joyful'),
        ("i like sad songs", "sad"),
        ("no modern jazz", 'no genre "Modern Jazz"'),
    ],
)
def test_names(text: str, means: str) -> None:
    assert meaning(text) == means


def test_an_unknown_title_is_told_as_not_understood() -> None:
    assert read("calm, like Nobody Knows This").not_understood == ("like Nobody Knows",)


# --- Misspelled words ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("happpy", "happy"),
        ("hapy", "happy"),
        ("hpapy", "happy"),
        ("hazzy", "hazzy"),  # two edits
        ("hippy", "happy"),
        ("kappy", "kappy"),  # the first letter is another one
        ("sed", "sed"),  # shorter than four letters
        ("cald", "cald"),  # a letter is replaced only in longer words
        ("clam", "calm"),
    ],
)
def test_a_word_one_edit_away_is_read_as_the_known_one(typed: str, meant: str) -> None:
    assert Spelling({"happy": 1, "sad": 2, "calm": 3}).read(typed) == meant


def test_a_misspelled_word_between_two_meanings_is_not_understood() -> None:
    near_both = "stadt"

    assert Spelling({"stad": "one", "stadte": "other"}).read(near_both) == near_both
    assert Spelling({"stad": "same", "stadte": "same"}).read(near_both) == "stad"


@pytest.mark.parametrize("term", ml_gateway.TERM_SYNONYMS)
def test_every_single_word_of_a_term_is_found_with_a_letter_left_out(term: str) -> None:
    """Of longer words: short ones may become another word."""
    words = [words[0] for words, of in mood_phrases().items() if of == term and len(words) == 1 and len(words[0]) >= 9]

    assert words
    for word in words:
        reading = read(word[:3] + word[4:])
        assert [part.value for part in reading.understood] == [term], word


# --- The lists ----------------------------------------------------------------------------------


def test_every_term_and_every_genre_has_words_and_no_phrase_belongs_to_two() -> None:
    assert list(ml_gateway.TERM_SYNONYMS) == list(ml_gateway.MOODS)
    assert list(ml_gateway.GENRE_SYNONYMS) == list(ml_gateway.GENRES)
    for lists in (ml_gateway.TERM_SYNONYMS, ml_gateway.GENRE_SYNONYMS):
        phrases = [phrase.strip() for words in lists.values() for phrase in words.split(",")]
        assert [phrase for phrase in phrases if phrases.count(phrase) > 1] == []
        assert "" not in phrases


@pytest.mark.parametrize("term", ml_gateway.MOODS)
def test_the_names_of_a_term_mean_it(term: str) -> None:
    mood = ml_gateway.MOODS[term]

    assert {meaning(name) for name in (term, mood.adjective, mood.noun)} == {term}


@pytest.mark.parametrize("term", ml_gateway.MOODS)
def test_every_phrase_of_a_term_is_read_as_it(term: str) -> None:
    for words in [words for words, of in mood_phrases().items() if of == term]:
        assert [part.value for part in read(" ".join(words)).understood] == [term], words


# --- Any text -----------------------------------------------------------------------------------


def test_only_the_first_300_characters_count() -> None:
    reading = read("sad " + " " * MAX_CHARACTERS + "joyful")

    assert sentence_of(reading.understood) == "sad"
    assert len(reading.text) == MAX_CHARACTERS


def test_any_text_is_read_and_always_in_the_same_way() -> None:
    words = [" ".join(phrase) for phrase in sorted(lexicon())]
    words += [*string.punctuation, "90", "1980", "80s", "3:30", "“", "”", "\n", "ß", "東京", "🎵", "\0", "zzz"]
    chance = random.Random(16)
    for _ in range(1500):
        text = chance.choice(("", " ")).join(chance.choices(words, k=chance.randrange(1, 30)))

        reading = read(text)

        assert reading == read(text)
        assert all(part.words and part.phrase and part.reading for part in reading.understood), text
        for part in reading.understood:
            if part.kind in (Kind.TEMPO, Kind.LENGTH, Kind.YEAR):
                assert part.low is None or part.high is None or part.low <= part.high, text
