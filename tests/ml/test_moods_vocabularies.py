"""Older vocabularies as views on the same scores, and the docs page with all words."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.errors import MoodError
from ml.moods import (
    CLUSTER_WORDS,
    EMOTIONS,
    GENRES,
    MOODS,
    QUADRANT_WORDS,
    SCORE_NAMES,
    VOCABULARIES,
    joined_by,
    vocabulary_view,
)
from tests.ml.mood_tables import scores

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "moods.md").read_text(encoding="utf-8")


def test_quadrants_are_four_words():
    song = scores(Q1=0.4, Q2=0.3, Q3=0.2, Q4=0.1)
    assert vocabulary_view("quadrants", song) == pytest.approx({"happy": 0.4, "angry": 0.3, "sad": 0.2, "relaxed": 0.1})


def test_happy_and_angry_songs_are_energetic():
    song = scores(Q1=0.4, Q2=0.3, Q3=0.2, Q4=0.1)
    assert vocabulary_view("energy", song) == pytest.approx({"energetic": 0.7, "peaceful": 0.1, "emotional": 0.2})


@pytest.mark.parametrize(
    ("word", "song"),
    [
        ("party", scores(Q1=0.6, Q2=0.2, Q3=0.1, Q4=0.1, joyful_activation=0.6)),
        ("drive", scores(Q1=0.2, Q2=0.6, Q3=0.1, Q4=0.1, power=0.6)),
        ("calm", scores(Q1=0.1, Q2=0.1, Q3=0.2, Q4=0.6, calmness=0.7, tenderness=0.2)),
        ("romantic", scores(Q1=0.1, Q2=0.1, Q3=0.2, Q4=0.6, calmness=0.3, tenderness=0.5)),
        ("sad", scores(Q1=0.1, Q2=0.1, Q3=0.6, Q4=0.2, sadness=0.5)),
    ],
)
def test_each_occasion_word_is_reachable(word, song):
    view = vocabulary_view("occasions", song)
    assert max(view, key=view.get) == word


@pytest.mark.parametrize("name", VOCABULARIES)
def test_a_view_sums_to_one_even_for_zero_shares(name):
    silent = scores(rest=0.0, Q1=0.0, Q2=0.0, Q3=0.0, Q4=0.0)
    for song in (scores(), silent):
        assert sum(vocabulary_view(name, song).values()) == pytest.approx(1)


def test_views_only_use_scores_of_the_networks():
    used = {
        score for words in VOCABULARIES.values() for factors in words.values() for sums in factors for score in sums
    }
    assert used <= set(SCORE_NAMES)


def test_an_unknown_vocabulary_is_rejected_with_the_list_of_vocabularies():
    with pytest.raises(ValueError, match="no vocabulary 'genres'; use one of quadrants, energy, occasions"):
        vocabulary_view("genres", scores())


def test_a_view_of_incomplete_scores_is_rejected():
    song = scores()
    del song["quadrants"]["Q2"]
    with pytest.raises(MoodError, match="'Q2' is missing"):
        vocabulary_view("quadrants", song)


# docs/moods.md


@pytest.mark.parametrize("mood", MOODS.values(), ids=lambda mood: mood.key)
def test_the_docs_list_every_mood(mood):
    place = f"{mood.valence:.1f} | {mood.arousal:.1f} | {mood.prevalence:.0%}"
    assert f"| {mood.adjective} | `{mood.key}` | {mood.description} | {place} |" in PAGE


@pytest.mark.parametrize("emotion", EMOTIONS.values(), ids=lambda emotion: emotion.key)
def test_the_docs_list_every_emotion_with_its_term(emotion):
    share = f"{emotion.prevalence:.0%}"
    assert f"| `{emotion.key}` | {emotion.description} | {share} | {MOODS[emotion.term].adjective} |" in PAGE


@pytest.mark.parametrize("kind", GENRES.values(), ids=lambda kind: kind.name)
def test_the_docs_list_every_genre_and_its_rule(kind):
    rule = kind.rule.removeprefix("Compared with the reference library: ")
    assert f"| {kind.title} | `{kind.name}` | {kind.description} | {rule} |" in PAGE


@pytest.mark.parametrize("name", VOCABULARIES)
def test_the_docs_list_every_word_of_the_older_vocabularies(name):
    assert f"| `{name}` | {', '.join(VOCABULARIES[name])} |" in PAGE


@pytest.mark.parametrize(("key", "words"), (QUADRANT_WORDS | CLUSTER_WORDS).items())
def test_the_docs_list_every_quadrant_and_cluster(key, words):
    assert f"| `{key}` | {words} |" in PAGE


def test_the_docs_list_every_pair_that_is_joined_by_but():
    for first in MOODS.values():
        others = [other.adjective for other in MOODS.values() if joined_by(first.key, other.key) == "but"]
        assert f"| {first.adjective} | {', '.join(others) or 'none'} |" in PAGE
