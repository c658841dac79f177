"""The words of moods by language. `mood_words("de")` has those of German; an unknown language gets those of English."""

from ml.moods.words.composition import LANGUAGES, MoodWords, mood_words, pair_of_name
from ml.moods.words.entries import Conjunctions, GenreWords, LanguageWords, TermWords

__all__ = [
    "LANGUAGES",
    "Conjunctions",
    "GenreWords",
    "LanguageWords",
    "MoodWords",
    "TermWords",
    "mood_words",
    "pair_of_name",
]
