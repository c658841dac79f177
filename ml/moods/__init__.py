"""The vocabulary of moods, and every rule that turns scores into words. Nothing else in the project spells a mood.

The scores of a segment or a song are one mapping:

    {"moods": {sixteen chances, 0..1}, "emotions": {nine shares, 0..1}, "quadrants": {four, sum 1},
     "clusters": {five, sum 1}, "valence": 1..9, "arousal": 1..9}

A chance of `moods` is the chance that people use a word of that term; models before mood-4 give none. A share is the
expected share of listeners who feel an emotion; 5 is neutral for valence and arousal. Missing or non-finite scores
raise MoodError("model_corrupt"). docs/moods.md describes all rules.
"""

from ml.moods.composite import Composite, Pair
from ml.moods.default_genres import OTHER
from ml.moods.genres import (
    GENRES,
    Condition,
    Genre,
    GenreRules,
    genre_scores,
    strongest_genre,
)
from ml.moods.levels import LEVELS, Level
from ml.moods.naming import NameRules, Naming
from ml.moods.older_rules import (
    CLOSE,
    NAMED_TOGETHER,
    compose,
    evidence,
    named_most,
    ranking,
    sides,
    true_pairs,
)
from ml.moods.scores import (
    VOCABULARIES,
    flat,
    mood_chances,
    vocabulary_view,
)
from ml.moods.vocabulary import (
    APART,
    CLUSTER_WORDS,
    CLUSTERS,
    EMOTION_NAMES,
    EMOTION_OF_TERM,
    EMOTIONS,
    MOOD_NAMES,
    MOODS,
    QUADRANT_WORDS,
    QUADRANTS,
    REFERENCE_NAMES,
    SCORE_NAMES,
    Emotion,
    Mood,
    Word,
    adjective,
    composite_name,
    joined_by,
    mixed_name,
    term_of,
)

__all__ = [
    "APART",
    "CLOSE",
    "CLUSTERS",
    "CLUSTER_WORDS",
    "EMOTIONS",
    "EMOTION_NAMES",
    "EMOTION_OF_TERM",
    "GENRES",
    "LEVELS",
    "MOODS",
    "MOOD_NAMES",
    "NAMED_TOGETHER",
    "OTHER",
    "QUADRANTS",
    "QUADRANT_WORDS",
    "REFERENCE_NAMES",
    "SCORE_NAMES",
    "VOCABULARIES",
    "Composite",
    "Condition",
    "Emotion",
    "Genre",
    "GenreRules",
    "Level",
    "Mood",
    "NameRules",
    "Naming",
    "Pair",
    "Word",
    "adjective",
    "compose",
    "composite_name",
    "evidence",
    "flat",
    "genre_scores",
    "joined_by",
    "mixed_name",
    "mood_chances",
    "named_most",
    "ranking",
    "sides",
    "strongest_genre",
    "term_of",
    "true_pairs",
    "vocabulary_view",
]
