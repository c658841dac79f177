"""The songs of a source, as its listing describes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceItem:
    """A song of a source. What is not known is empty, 0 or None."""

    key: str
    """The path relative to the folder (see `folder_paths`), or the server's identifier of the item."""
    path: str
    """The path to show."""
    size_bytes: int = 0
    modified_ns: int = 0
    """Nanoseconds since 1970 of a file's last change; of an item, what tells that it changed."""
    file_id: str = ""
    """Device and inode of a file, which stay when it is renamed."""
    title: str = ""
    artist: str = ""
    album: str = ""
    album_artist: str = ""
    year: int | None = None
    music_genre: str = ""
    duration_s: float | None = None
    is_favourite: bool = False
    """As the account marked it on its server."""
    rating: int = 0
    """1 to 5; 0 without a rating."""


@dataclass(frozen=True, slots=True)
class SourceProblem:
    """A folder, a file or an item that cannot be read. The songs that are known below it stay as they are."""

    key: str
    path: str
    code: str
    message: str


Listing = Iterable[SourceItem | SourceProblem]
"""The order does not matter. Raises ProductError where the source does not answer, also in the middle."""
