"""What a language has to say about moods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class TermWords:
    """The words for a mood term or an emotion, each as it stands inside a sentence."""

    adjective: str
    noun: str
    description: str


@dataclass(frozen=True)
class GenreWords:
    """The words for a mood genre."""

    title: str
    description: str


@dataclass(frozen=True)
class Conjunctions:
    """What stands between two adjectives, with its spaces."""

    and_: str
    but: str
    or_: str
    mixed: str
    """Stands before the candidates of an uncertain result: "Mixed: "."""
    tag_but: str = ""
    """Instead of `but` in tags, where a comma would separate two values; empty if `but` has none."""
    before_i: str = ""
    """Instead of `and_` before the sound "i"; empty if it stays."""
    before_o: str = ""
    """Instead of `or_` before the sound "o"; empty if it stays."""


@dataclass(frozen=True)
class LanguageWords:
    """The words of one language: of the sixteen mood terms, the nine emotions and the ten genres, by key."""

    code: str
    """ISO 639-1."""
    title: str
    """The name of the language in itself."""
    conjunctions: Conjunctions
    terms: Mapping[str, TermWords]
    emotions: Mapping[str, TermWords]
    genres: Mapping[str, GenreWords]
