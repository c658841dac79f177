"""The words of moods in English: those of the vocabulary itself."""

from ml.moods.default_genres import GENRE_TABLE
from ml.moods.vocabulary import EMOTIONS, MOODS, Word
from ml.moods.words.entries import Conjunctions, GenreWords, LanguageWords, TermWords


def _words(word: Word) -> TermWords:
    return TermWords(word.adjective, word.noun, word.description)


ENGLISH = LanguageWords(
    code="en",
    title="English",
    conjunctions=Conjunctions(and_=" and ", but=" but ", or_=" or ", mixed="Mixed: "),
    terms={key: _words(word) for key, word in MOODS.items()},
    emotions={key: _words(word) for key, word in EMOTIONS.items()},
    genres={key: GenreWords(entry.title, entry.description) for key, entry in GENRE_TABLE.items()},
)
