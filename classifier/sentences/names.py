"""The names of a library that a sentence may have: of songs, artists and music genres."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from classifier.fields import fold_key

LONGEST_NAME = 8
"""In words."""


class Names(Protocol):
    """Each lookup gets folded names, and gives those that the library has, with their spelling."""

    def titles(self, keys: Collection[str]) -> dict[str, str]: ...

    def artists(self, keys: Collection[str]) -> dict[str, str]: ...

    def music_genres(self, keys: Collection[str]) -> dict[str, str]: ...


class ListedNames:
    """Of lists, for tests and for people without a library."""

    def __init__(
        self, *, titles: Collection[str] = (), artists: Collection[str] = (), music_genres: Collection[str] = ()
    ) -> None:
        self._titles, self._artists, self._music_genres = map(_by_key, (titles, artists, music_genres))

    def titles(self, keys: Collection[str]) -> dict[str, str]:
        return _among(self._titles, keys)

    def artists(self, keys: Collection[str]) -> dict[str, str]:
        return _among(self._artists, keys)

    def music_genres(self, keys: Collection[str]) -> dict[str, str]:
        return _among(self._music_genres, keys)


def _by_key(names: Collection[str]) -> dict[str, str]:
    return {fold_key(name): name for name in names}


def _among(names: dict[str, str], keys: Collection[str]) -> dict[str, str]:
    return {key: names[key] for key in keys if key in names}
