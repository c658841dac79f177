"""How often each composite genre is predicted on real music: none may be rare, and Other must not dominate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ml.moods import GENRES, OTHER, strongest_genre

LEAST_SHARE = 0.01
GREATEST_OTHER = 0.35
ALL = "all"


@dataclass(frozen=True)
class GenreFrequencies:
    """Counts of songs by collection and genre.

    `runners_up` counts the second strongest genre; `next_rules` does so without Other, which is second wherever only
    one rule nearly holds.
    """

    songs: Mapping[str, int]
    counts: Mapping[str, Mapping[str, int]]
    runners_up: Mapping[str, Mapping[str, int]]
    next_rules: Mapping[str, Mapping[str, int]]

    @property
    def rivals(self) -> dict[str, str]:
        """Each genre's most frequent runner-up."""
        return {
            name: max(seconds, key=lambda other: seconds[other]) for name, seconds in self.runners_up.items() if seconds
        }

    @property
    def confused_with(self) -> dict[str, dict[str, float]]:
        """The nearest other rules of each genre, most frequent first, with their share (0..1) of its songs."""
        return {
            name: {
                other: round(count / sum(nearest.values()), 4)
                for other, count in sorted(nearest.items(), key=lambda pair: -pair[1])
            }
            for name, nearest in self.next_rules.items()
            if nearest
        }

    def share(self, genre: str, collection: str = ALL) -> float:
        """0..1."""
        return self.counts[collection][genre] / self.songs[collection]

    def violations(self) -> list[str]:
        """A message for each genre that is too rare, and for Other if it is too frequent, over all songs."""
        wrong = {name: f"at least {LEAST_SHARE:.0%}" for name in GENRES if self.share(name) < LEAST_SHARE}
        if self.share(OTHER) > GREATEST_OTHER:
            wrong[OTHER] = f"at most {GREATEST_OTHER:.0%}"
        frequency = {name: f"{name} is predicted for {self.share(name):.1%} of the songs" for name in wrong}
        return [f"{frequency[name]}, expected {due}." for name, due in wrong.items()]

    def to_json(self) -> dict[str, Any]:
        shares = {c: {name: round(self.share(name, c), 4) for name in GENRES} for c in self.songs}
        return {
            "songs": dict(self.songs),
            "shares": shares,
            "rivals": self.rivals,
            "confused_with": self.confused_with,
        }

    def to_markdown(self) -> str:
        """A table with a row for each genre and a column for each collection, in percent of its songs."""
        collections = list(self.songs)
        heads = [f"{name} ({self.songs[name]})" for name in collections]
        lines = [f"| genre | {' | '.join(heads)} | runner-up |", f"| --- |{' ---: |' * len(heads)} --- |"]
        for name in GENRES:
            cells = " | ".join(f"{self.share(name, c):.1%}" for c in collections)
            lines.append(f"| {name} | {cells} | {self.rivals.get(name, '-')} |")
        return "\n".join(lines)


def count_genres(songs: Sequence[Mapping[str, float]], sets: Sequence[str]) -> GenreFrequencies:
    """Counts the genres of songs.

    `songs` has the strength of each genre of each song (`Composite.genres`), best out of fold; `sets` has its
    collection. Raises ValueError where their lengths differ or there is no song.
    """
    if not songs or len(songs) != len(sets):
        raise ValueError(f"{len(songs)} songs, {len(sets)} collections: give each song's collection.")
    counts: dict[str, Counter[str]] = {ALL: Counter()}
    runners_up: dict[str, Counter[str]] = {name: Counter() for name in GENRES}
    next_rules: dict[str, Counter[str]] = {name: Counter() for name in GENRES}
    for strengths, collection in zip(songs, sets, strict=True):
        genre = strongest_genre(strengths)
        runners_up[genre][strongest_genre({**strengths, genre: -1.0})] += 1
        next_rules[genre][strongest_genre({**strengths, genre: -1.0, OTHER: -1.0})] += 1
        for name in (ALL, collection):
            counts.setdefault(name, Counter())[genre] += 1
    totals = {name: counter.total() for name, counter in counts.items()}
    return GenreFrequencies(totals, counts, runners_up, next_rules)
