"""How a language says moods: adjectives by themselves, composite names, and names of uncertain results."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import permutations

from ml.moods.vocabulary import EMOTIONS, MOODS, composite_name, joined_by
from ml.moods.words.english import ENGLISH
from ml.moods.words.entries import LanguageWords, TermWords
from ml.moods.words.french import FRENCH
from ml.moods.words.german import GERMAN
from ml.moods.words.spanish import SPANISH

LANGUAGES: dict[str, LanguageWords] = {words.code: words for words in (ENGLISH, GERMAN, SPANISH, FRENCH)}
"""By ISO 639-1 code; English first."""

_SOUND_I = re.compile(r"(?:h?[ií])(?!e)", re.IGNORECASE)
_SOUND_O = re.compile(r"h?[oó]", re.IGNORECASE)


@dataclass(frozen=True)
class MoodWords:
    """The words of one language, with those that replace some of them.

    `changes` has words by the key of a term, of an emotion, or of any further mood. A key that has no words raises
    KeyError.
    """

    language: LanguageWords
    changes: Mapping[str, TermWords] = field(default_factory=dict)

    def words(self, key: str) -> TermWords:
        """The words of a mood, as they stand inside a sentence."""
        changed = self.changes.get(key)
        if changed is not None:
            return changed
        return self.language.terms[key] if key in self.language.terms else self.language.emotions[key]

    def adjective(self, key: str) -> str:
        """The adjective by itself, with a capital: "Traurig"."""
        return _capitalised(self.words(key).adjective)

    def noun(self, key: str) -> str:
        """The noun as it stands inside a sentence: "sadness", "Traurigkeit"."""
        return self.words(key).noun

    def description(self, key: str) -> str:
        return self.words(key).description

    def genre_title(self, genre: str) -> str:
        """The title of one of the ten genres. Raises KeyError."""
        return self.language.genres[genre].title

    def genre_description(self, genre: str) -> str:
        return self.language.genres[genre].description

    def join(self, primary: str, secondary: str = "", conjunction: str = "", *, in_tag: bool = False) -> str:
        """The composite name of two moods: "Sad but Tender", "Traurig, aber zärtlich", "Triste pero tierno".

        `conjunction` is "and" or "but"; empty for that of `ml.moods.joined_by`, which takes terms and emotions alone.
        `in_tag` avoids the comma that some languages write before "but": players read it as the end of a value.
        """
        if not secondary:
            return self.adjective(primary)
        conjunction = conjunction or joined_by(primary, secondary)
        return self.joined(self.adjective(primary), self.words(secondary).adjective, conjunction, in_tag=in_tag)

    def joined(self, first: str, second: str, conjunction: str, *, in_tag: bool = False) -> str:
        """The same of two adjectives, the first with a capital and the second as it stands inside a sentence."""
        return f"{first}{self.between(second, conjunction, in_tag=in_tag)}{second}"

    def between(self, second: str, conjunction: str, *, in_tag: bool = False) -> str:
        """What stands before the second adjective, with its spaces."""
        conjunctions = self.language.conjunctions
        if conjunction == "but":
            return (in_tag and conjunctions.tag_but) or conjunctions.but
        return self.and_before(second)

    def mixed(self, *candidates: str) -> str:
        """The name of an uncertain result: "Mixed: Calm or Tense", "Gemischt: ruhig oder angespannt"."""
        return self.mixed_of(*(self.words(key).adjective for key in candidates))

    def mixed_of(self, first: str, *others: str) -> str:
        """The same of adjectives, as they stand inside a sentence."""
        return self.language.conjunctions.mixed + first + "".join(self.or_before(word) + word for word in others)

    def and_before(self, word: str) -> str:
        """ "and" with its spaces, as it is before this word: Spanish "y" is "e" before the sound "i"."""
        conjunctions = self.language.conjunctions
        return conjunctions.before_i if conjunctions.before_i and _SOUND_I.match(word) else conjunctions.and_

    def or_before(self, word: str) -> str:
        """ "or" with its spaces: Spanish "o" is "u" before the sound "o"."""
        conjunctions = self.language.conjunctions
        return conjunctions.before_o if conjunctions.before_o and _SOUND_O.match(word) else conjunctions.or_


@cache
def mood_words(language: str) -> MoodWords:
    """The words of a language by its code, "de" or "de-at"; those of English if there are none."""
    code = language.lower().replace("_", "-").split("-")[0]
    return MoodWords(LANGUAGES.get(code, ENGLISH))


def pair_of_name(name: str) -> tuple[str, str] | None:
    """The terms of a composite name as models give it, which is how answers store alternatives; emotions for the names
    that only models before mood-4 gave. None for any other text."""
    return _pairs().get(name)


@cache
def _pairs() -> dict[str, tuple[str, str]]:
    return {composite_name(*pair): pair for words in (EMOTIONS, MOODS) for pair in permutations(words, 2)}


def _capitalised(word: str) -> str:
    return word[:1].upper() + word[1:]
