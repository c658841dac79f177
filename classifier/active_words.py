"""The words of moods that a request or a background task shows: those of its user, or the shipped ones.

Like the language of `django.utils.translation`, they are those of the current context, so that charts, lists and forms
need no parameter for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache

from django.utils.translation import get_language

from classifier import ml_gateway

SHIPPED_VERSION = 1
"""Of the shipped words: raised whenever one of them changes."""


@dataclass(frozen=True)
class ActiveWords:
    words: ml_gateway.MoodWords
    vocabulary: ml_gateway.HouseVocabulary | None = None
    """None for the shipped words."""
    version: int = SHIPPED_VERSION

    @property
    def label(self) -> str:
        """Names exactly these words in answers: "en@1", or "own-de@3" for those of the user."""
        code = self.words.language.code
        return f"{code}@{self.version}" if self.vocabulary is None else f"own-{code}@{self.version}"

    @property
    def changes_names(self) -> bool:
        """Whether songs may have other moods than their model says: see `HouseVocabulary.changes_names`."""
        return self.vocabulary is not None and self.vocabulary.changes_names

    @property
    def are_of_models(self) -> bool:
        """Whether they are those in which models name moods: the shipped words in English."""
        return self.vocabulary is None and self.words.language.code == "en"

    def shown(self, term: str) -> str:
        """The term as which a mood term is shown."""
        return self.vocabulary.shown(term) if self.vocabulary else term

    @property
    def shown_terms(self) -> tuple[str, ...]:
        """The terms that may be in a name."""
        return self.vocabulary.shown_terms if self.vocabulary else ml_gateway.MOOD_NAMES

    @property
    def parts(self) -> tuple[str, ...]:
        """The keys of the parts of split terms."""
        return tuple(split.key for split in self.vocabulary.splits) if self.vocabulary else ()

    def known(self, key: str) -> str:
        """A key of a term or a part; the term of a part that the vocabulary has no more."""
        return key if key in self.parts else ml_gateway.base_term(key)

    def name(self, primary: str, secondary: str = "", *, in_tag: bool = False) -> str:
        """The composite name of one or two terms or parts."""
        if not secondary:
            return self.words.adjective(primary)
        conjunction = ml_gateway.joined_by(*map(ml_gateway.base_term, (primary, secondary)))
        return self.words.join(primary, secondary, conjunction, in_tag=in_tag)


_current: ContextVar[Callable[[], ActiveWords | None] | None] = ContextVar("mood_words", default=None)


def active_words() -> ActiveWords:
    getter = _current.get()
    return (getter() if getter else None) or shipped_words(get_language() or "")


@cache
def shipped_words(language: str) -> ActiveWords:
    return ActiveWords(ml_gateway.mood_words(language))


@contextmanager
def use_words(getter: Callable[[], ActiveWords | None]) -> Iterator[None]:
    """Inside, `active_words()` are those that the getter gives; with None, the shipped ones."""
    token = _current.set(getter)
    try:
        yield
    finally:
        _current.reset(token)


def word(key: str) -> ml_gateway.Word:
    """The mood term with this key, or the emotion, of which older results are made, in the active words."""
    mood = ml_gateway.MOODS.get(key) or ml_gateway.EMOTIONS[key]
    active = active_words()
    if active.are_of_models:
        return mood
    words = active.words
    return replace(mood, adjective=words.adjective(key), noun=words.noun(key), description=words.description(key))


def genre_in_words(genre: ml_gateway.AnyGenre) -> ml_gateway.AnyGenre:
    """A mood genre with its title and description in the active words."""
    words = active_words().words
    if words.language.code == "en":
        return genre
    return replace(genre, title=words.genre_title(genre.name), description=words.genre_description(genre.name))


def genre_title(name: str) -> str:
    """The title of a mood genre in the active language."""
    return active_words().words.genre_title(name)
