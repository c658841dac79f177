"""The names of a person's library, for sentences."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Count, Max

from classifier.fields import fold
from classifier.models import Song
from classifier.sentences.music_words import MUSIC_GENRES

if TYPE_CHECKING:
    from classifier.models import Person

MOST_MUSIC_GENRES = 2000


class LibraryNames:
    """Each kind of name is looked up when it is asked for first."""

    def __init__(self, owner: Person) -> None:
        self._songs = Song.objects.for_owner(owner)

    def titles(self, keys: Collection[str]) -> dict[str, str]:
        songs = self._songs.filter(sort_title__in=keys).order_by("sort_title", "id")
        return {
            key: title or file_name for key, title, file_name in songs.values_list("sort_title", "title", "file_name")
        }

    def artists(self, keys: Collection[str]) -> dict[str, str]:
        songs = self._songs.filter(sort_artist__in=keys).exclude(sort_artist="")
        return dict(songs.values_list("sort_artist").annotate(name=Max("artist")).order_by("sort_artist"))

    def music_genres(self, keys: Collection[str]) -> dict[str, str]:
        return {key: self._music_genres[key] for key in keys if key in self._music_genres}

    def music_genres_of(self, name: str) -> list[str]:
        """Those of the library that have the words of a genre, or of another name of it, beside each other:
        "Hip-Hop/Rap" and "Gangsta Rap" of "Rap"."""
        names = {name, *MUSIC_GENRES.get(name, "").split(",")}
        wanted = [words for words in map(_words, names) if words]
        return [
            found
            for key, found in self._music_genres.items()
            if any(f" {words} " in f" {_words(key)} " for words in wanted)
        ]

    @cached_property
    def _music_genres(self) -> dict[str, str]:
        """Those with the most songs first."""
        songs = self._songs.exclude(sort_music_genre="").values("sort_music_genre")
        rows = songs.annotate(name=Max("music_genre"), songs=Count("*")).order_by("-songs", "sort_music_genre")
        return {row["sort_music_genre"]: row["name"] for row in rows[:MOST_MUSIC_GENRES]}


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+|&", fold(text)))
