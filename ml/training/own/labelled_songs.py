"""A labelled collection: songs with their moods and artists."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ml.audio.tags import read_tags
from ml.errors import MoodError


@dataclass(frozen=True)
class Problem:
    """The reason why a song cannot be used."""

    place: str
    """`row 7` of a table (its header is row 1), or the path in a folder."""
    code: str
    message: str


@dataclass(frozen=True)
class Entry:
    """A listed song, before its file is checked."""

    place: str
    path: Path
    moods: tuple[str, ...]
    artist: str = ""
    fold: int | None = None


@dataclass(frozen=True)
class Song:
    """A song with a checked file."""

    place: str
    path: Path
    moods: tuple[str, ...]
    artist: str
    artist_from: str
    """"column", "tag", or "file" if unknown: then the song counts as an artist of its own."""
    fold: int | None = None


@dataclass
class Collection:
    """Songs, their moods in alphabetical order, and the problems of unusable songs."""

    source: Path
    songs: list[Song]
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def moods(self) -> tuple[str, ...]:
        return tuple(sorted({mood for song in self.songs for mood in song.moods}, key=str.casefold))

    @property
    def multi_label(self) -> bool:
        """Whether any song has more than one mood: then each mood is a question of its own."""
        return any(len(song.moods) > 1 for song in self.songs)

    def without(self, problems: dict[Path, Problem]) -> Collection:
        """The collection without the songs that have these problems."""
        remaining = [song for song in self.songs if song.path not in problems]
        return Collection(self.source, remaining, [*self.problems, *problems.values()], self.notes)

    def summary(self) -> str:
        counted = Counter(mood for song in self.songs for mood in song.moods)
        moods = ", ".join(f"{mood} {counted[mood]}" for mood in self.moods)
        artists = Counter(song.artist_from for song in self.songs)
        sources = {"column": "column “artist”", "tag": "tags", "file": "unknown"}
        who = ", ".join(f"{artists[source]} {text}" for source, text in sources.items() if artists[source])
        lines = [
            f"{len(self.songs)} songs of {len({song.artist for song in self.songs})} artists: {moods}",
            f"Artists are kept apart. Source of the artist: {who}.",
        ]
        if artists["file"]:
            lines.append(
                "Songs with an unknown artist count as artists of their own, which can make results too good. Add"
                " artists as tags or in a column “artist”."
            )
        return "\n".join([*lines, *self.notes])


def build_collection(source: Path, rows_or_problems: Iterable[Entry | Problem], notes: list[str]) -> Collection:
    """Checks that files exist, finds duplicates, and determines artists.

    Moods and artists that differ only in case and spaces are the same; the first spelling is used.
    """
    spellings: dict[str, str] = {}
    songs: list[Song] = []
    problems: list[Problem] = []
    by_content: dict[str, Song] = {}
    for entry in rows_or_problems:
        if isinstance(entry, Problem):
            problems.append(entry)
            continue
        moods = tuple(
            dict.fromkeys(spellings.setdefault(_normalised(mood), " ".join(mood.split())) for mood in entry.moods)
        )
        if not entry.path.is_file():
            problems.append(Problem(entry.place, "file_missing", f"There is no file {entry.path}."))
            continue
        try:
            content = _content(entry.path)
        except OSError as error:
            message = f"{entry.path} cannot be read: {error.strerror}."
            problems.append(Problem(entry.place, "file_unreadable", message))
            continue
        if content in by_content:
            problems.append(_duplicate(entry, moods, by_content[content]))
            continue
        by_content[content] = song = _song(entry, moods, content)
        songs.append(song)
    return Collection(source, songs, problems, notes)


def require_two_moods(collection: Collection) -> None:
    """Raises MoodError: no_songs, one_mood_only."""
    if not collection.songs:
        bad = f" {len(collection.problems)} were left out." if collection.problems else ""
        raise MoodError("no_songs", f"{collection.source} has no usable songs.{bad}")
    if len(collection.moods) < 2:
        raise MoodError(
            "one_mood_only",
            f"All {len(collection.songs)} songs have the mood “{collection.moods[0]}”. Training needs at least two"
            " moods: add songs of another mood.",
        )


def _song(entry: Entry, moods: tuple[str, ...], content: str) -> Song:
    if entry.artist.strip():
        return Song(entry.place, entry.path, moods, _normalised(entry.artist), "column", entry.fold)
    tagged = read_tags(entry.path).artist
    if tagged:
        return Song(entry.place, entry.path, moods, _normalised(tagged), "tag", entry.fold)
    return Song(entry.place, entry.path, moods, f"file {content[:16]}", "file", entry.fold)


def _duplicate(entry: Entry, moods: tuple[str, ...], first: Song) -> Problem:
    same = "with the same mood" if moods == first.moods else f"as “{' and '.join(first.moods)}”"
    message = f"{entry.path.name} is the same recording as {first.place}, which is listed {same}. That row is used."
    return Problem(entry.place, "song_repeated", message)


def _content(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _normalised(text: str) -> str:
    return " ".join(text.split()).casefold()
