"""How often each composite genre is given on real music: none may be rare, Other must not swallow it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ml.calibration import Reference
from ml.moods import GENRES, OTHER, genre_scores, strongest_genre

LEAST_SHARE = 0.01
GREATEST_OTHER = 0.35
ALL = "all"

Scores = Mapping[str, Any]


@dataclass(frozen=True)
class GenreReport:
    """Counts of songs by collection and genre.

    `runners_up` counts which genre came second where one was given; `next_rules` which of the other rules came nearest,
    Other aside: it is no rule, and comes second wherever one rule alone nearly holds.
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
        """The rules nearest to each genre, the most frequent first: the share (0..1) of its songs where each was it."""
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

    def complaints(self) -> list[str]:
        """A sentence for each genre that is given too seldom, or, for Other, too often; over all songs."""
        wrong = {name: f"at least {LEAST_SHARE:.0%}" for name in GENRES if self.share(name) < LEAST_SHARE}
        if self.share(OTHER) > GREATEST_OTHER:
            wrong[OTHER] = f"at most {GREATEST_OTHER:.0%}"
        given = {name: f"{name} is given to {self.share(name):.1%} of the songs" for name in wrong}
        return [f"{given[name]}, it should be {due}." for name, due in wrong.items()]

    def to_json(self) -> dict[str, Any]:
        shares = {c: {name: round(self.share(name, c), 4) for name in GENRES} for c in self.songs}
        return {
            "songs": dict(self.songs),
            "shares": shares,
            "rivals": self.rivals,
            "confused_with": self.confused_with,
        }

    def to_markdown(self) -> str:
        """A table: one row a genre, one column a collection, percent of its songs."""
        collections = list(self.songs)
        heads = [f"{name} ({self.songs[name]})" for name in collections]
        lines = [f"| genre | {' | '.join(heads)} | runner-up |", f"| --- |{' ---: |' * len(heads)} --- |"]
        for name in GENRES:
            cells = " | ".join(f"{self.share(name, c):.1%}" for c in collections)
            lines.append(f"| {name} | {cells} | {self.rivals.get(name, '-')} |")
        return "\n".join(lines)


def genre_report(rows: Sequence[Scores], sets: Sequence[str], reference: Reference) -> GenreReport:
    """Count the genres of songs' scores.

    `rows` holds the scores of each song as `ml.moods` takes them, best predicted out of fold; `sets` its
    collection. ValueError where the two differ in length or there is no song.
    """
    if not rows or len(rows) != len(sets):
        raise ValueError(f"{len(rows)} songs, {len(sets)} collections: give each song's collection.")
    counts: dict[str, Counter[str]] = {ALL: Counter()}
    runners_up: dict[str, Counter[str]] = {name: Counter() for name in GENRES}
    next_rules: dict[str, Counter[str]] = {name: Counter() for name in GENRES}
    for scores, collection in zip(rows, sets, strict=True):
        strengths = genre_scores(scores, reference)
        given = strongest_genre(strengths)
        runners_up[given][strongest_genre({**strengths, given: -1.0})] += 1
        next_rules[given][strongest_genre({**strengths, given: -1.0, OTHER: -1.0})] += 1
        for name in (ALL, collection):
            counts.setdefault(name, Counter())[given] += 1
    songs = {name: counted.total() for name, counted in counts.items()}
    return GenreReport(songs, counts, runners_up, next_rules)
