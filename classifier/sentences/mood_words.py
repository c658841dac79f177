"""The phrases of the mood terms and the mood genres."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from classifier import ml_gateway


@cache
def mood_phrases() -> dict[tuple[str, ...], str]:
    """The mood term of each phrase, as its words."""
    phrases = _phrases(ml_gateway.TERM_SYNONYMS)
    for term, mood in ml_gateway.MOODS.items():
        for name in (term, mood.adjective, mood.noun):
            phrases[_words(name)] = term
    return phrases


@cache
def mood_genre_phrases() -> dict[tuple[str, ...], str]:
    """The mood genre of each phrase. The title of “Other” is no phrase: people say "other" for other things."""
    phrases = _phrases(ml_gateway.GENRE_SYNONYMS)
    for name, genre in ml_gateway.GENRES.items():
        if " " in genre.title:
            phrases[_words(genre.title)] = name
    return phrases


def _phrases(lists: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    return {_words(phrase): key for key, phrases in lists.items() for phrase in phrases.split(",")}


def _words(phrase: str) -> tuple[str, ...]:
    return tuple(phrase.casefold().split())
