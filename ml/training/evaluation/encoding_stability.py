"""Whether a song keeps its name and its genre when the same recording arrives in another encoding."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ml.training.data.encodings import ENCODINGS, Encoding, encode
from ml.training.reports.markdown import table

LEAST_NAMES, LEAST_GENRES = 0.8, 0.9
"""Shares of songs that must keep their name, and their genre, in every encoding."""

EVERY = "every encoding"


@dataclass(frozen=True)
class Heard:
    """What an analysis says of one file."""

    name: str
    primary: str
    secondary: str
    genre: str

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Heard:
        mood = answer["mood"]
        return cls(mood["name"], mood["primary"], mood["secondary"], mood["genre"])


@dataclass(frozen=True)
class HeardSong:
    """A song as it is, and in each encoding."""

    song: str
    original: Heard
    encoded: Mapping[str, Heard]

    def to_json(self) -> dict[str, Any]:
        encoded = {name: asdict(again) for name, again in self.encoded.items()}
        return {"song": self.song, "original": asdict(self.original), "encoded": encoded}


Property = Callable[[Heard], object]

PROPERTIES: dict[str, Property] = {
    "name": lambda again: again.name,
    "pair, in either order": lambda again: frozenset((again.primary, again.secondary)),
    "first side": lambda again: again.primary,
    "genre": lambda again: again.genre,
}
"""What a song may keep, in the order of the table's columns."""


@dataclass(frozen=True)
class Stability:
    """How many songs keep what an analysis says of them."""

    songs: Sequence[HeardSong]

    def kept(self, what: str, encoding: str = EVERY) -> int:
        """The songs that keep a property (of `PROPERTIES`) in one encoding, or in every one."""
        read = PROPERTIES[what]
        return sum(
            all(read(again) == read(song.original) for name, again in song.encoded.items() if encoding in (EVERY, name))
            for song in self.songs
        )

    def changes(self, what: str) -> dict[tuple[str, str], list[str]]:
        """Each change of the name or the genre, most frequent first, with "song (encoding)" of its occurrences."""
        read = PROPERTIES[what]
        found: dict[tuple[str, str], list[str]] = {}
        for song in self.songs:
            for encoding, again in song.encoded.items():
                change = (str(read(song.original)), str(read(again)))
                if change[0] != change[1]:
                    found.setdefault(change, []).append(f"{song.song} ({encoding})")
        return dict(sorted(found.items(), key=lambda pair: -len(pair[1])))

    def violations(self) -> list[str]:
        """A sentence for each demand that the songs do not meet."""
        demands = {"name": LEAST_NAMES, "genre": LEAST_GENRES}
        shares = {what: self.kept(what) / len(self.songs) for what in demands}
        return [
            f"{shares[what]:.0%} of the songs keep their {what} in every encoding, expected at least {least:.0%}."
            for what, least in demands.items()
            if shares[what] < least
        ]

    def to_markdown(self) -> str:
        """A table of what is kept in each encoding, then the changes of name and genre."""
        count = len(self.songs)
        encodings = list(dict.fromkeys(name for song in self.songs for name in song.encoded))
        rows = [
            [encoding, *[f"{self.kept(what, encoding)} of {count}" for what in PROPERTIES]]
            for encoding in (*encodings, EVERY)
        ]
        parts = [table(["encoding", *[f"keep {what}" for what in PROPERTIES]], rows)]
        for what in ("name", "genre"):
            changes = self.changes(what)
            if changes:
                lines = [[old, new, str(len(at)), ", ".join(at[:3])] for (old, new), at in changes.items()]
                parts.append(table([f"{what} as it is", "encoded again", "times", "where"], lines))
        return "\n\n".join(parts)

    def to_json(self) -> dict[str, Any]:
        shares = {what: round(self.kept(what) / len(self.songs), 4) for what in PROPERTIES}
        counts = Counter(song.original.genre for song in self.songs)
        return {"songs": len(self.songs), "kept": shares, "genres": dict(counts)}


def hear_encodings(
    path: Path,
    song: str,
    analyse: Callable[[Path], Mapping[str, Any]],
    encodings: Mapping[str, Encoding] = ENCODINGS,
) -> HeardSong:
    """Analyses a recording as it is and in each encoding; `analyse` gives a file's answer."""
    with tempfile.TemporaryDirectory() as scratch:
        encoded = {
            name: Heard.of(analyse(encode(path, Path(scratch) / f"{place}{encoding.suffix}", encoding)))
            for place, (name, encoding) in enumerate(encodings.items())
        }
    return HeardSong(song, Heard.of(analyse(path)), encoded)
