"""How often each mood is right, how often each mood genre is given, and in which music it hears badly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier import ml_gateway
from classifier.charts.metric_text import Figure, across, part
from classifier.charts.mood_names import Side
from classifier.charts.number_text import percent

LEAST_JUDGED = 15
"""Fewer songs than these say too little: an interval would reach over half the scale."""


@dataclass(frozen=True)
class Said:
    """A mood as one side of the answer: of how many songs, and how often rightly."""

    count: int
    figure: Figure | None

    @property
    def judged(self) -> bool:
        return self.figure is not None and self.count >= LEAST_JUDGED

    def words(self, place: str) -> str:
        if not self.count or self.figure is None:
            return f"Never the {place} mood of these songs, so nobody can say how often that is right."
        right = round(self.figure.value * self.count)
        songs = "1 song" if self.count == 1 else f"{self.count} songs"
        if not self.judged:
            return f"The {place} mood of {songs} only, and right for {right}: too few to judge."
        return f"The {place} mood of {songs}, and right for {self.figure.text} of them ({self.figure.interval})."


@dataclass(frozen=True)
class MoodRecord:
    side: Side
    first: Said | None
    second: Said | None
    follows: Figure | None
    """Correlation of its share with the listeners'."""

    @property
    def first_words(self) -> str:
        if self.never:
            return "Never one of its two moods in these songs, so nobody can say how often it is right."
        return self.first.words("first") if self.first else ""

    @property
    def second_words(self) -> str:
        return self.second.words("second") if self.second and not self.never else ""

    @property
    def never(self) -> bool:
        return self.first is not None and self.second is not None and not self.first.count + self.second.count


@dataclass(frozen=True)
class Share:
    title: str
    percent: str


@dataclass(frozen=True)
class Example:
    collection: str
    file: str
    labels: str


@dataclass(frozen=True)
class GenreRecord:
    genre: ml_gateway.Genre
    percent: str
    width: str
    sets: list[Share]
    rivals: list[Share]
    rival: str
    examples: list[Example]


@dataclass(frozen=True)
class MusicRecord:
    """One genre of music. `weak` where it hears it clearly worse than music as a whole."""

    name: str
    count: int
    figure: Figure
    weak: bool


@dataclass(frozen=True)
class MusicGroup:
    title: str
    text: str
    all_of_it: Figure | None
    rows: list[MusicRecord]
    words: str


def mood_records(card: Mapping[str, Any]) -> list[MoodRecord]:
    """All nine, the surest first, those that nobody can judge last."""
    records = [_mood_record(card, key) for key in ml_gateway.EMOTIONS]
    return sorted(records, key=lambda record: -_rank(record))


def _mood_record(card: Mapping[str, Any], key: str) -> MoodRecord:
    found = part(card, "moods", key)
    follows = part(found, "r") or part(card, "metrics", "both", "emotify", f"r_{key}")
    sides = [_said(part(found, side)) for side in ("first", "second")]
    return MoodRecord(Side(key), sides[0], sides[1], Figure.of(follows, as_percent=False))


def _said(found: Mapping[str, Any] | None) -> Said | None:
    if found is None:
        return None
    figure = {"value": found.get("right"), "low": found.get("low"), "high": found.get("high")}
    return Said(int(found["count"]), Figure.of(figure))


def _rank(record: MoodRecord) -> float:
    if record.first and record.first.judged and record.first.figure:
        return 1 + record.first.figure.value
    return record.follows.value / 2 if record.follows else 0.0


def genre_records(card: Mapping[str, Any]) -> list[GenreRecord]:
    """The mood genres, the commonest first."""
    shares = part(card, "genres", "shares", "all") or {}
    found = [(ml_gateway.GENRES[name], float(share)) for name, share in shares.items() if name in ml_gateway.GENRES]
    return [_genre_record(card, genre, share) for genre, share in sorted(found, key=lambda pair: -pair[1])]


def _genre_record(card: Mapping[str, Any], genre: ml_gateway.Genre, share: float) -> GenreRecord:
    by_set = {name: shares for name, shares in card["genres"]["shares"].items() if name != "all"}
    rivals = part(card, "genres", "confused_with", genre.name) or {}
    rival = ml_gateway.GENRES.get(part(card, "genres", "rivals", genre.name) or "")
    return GenreRecord(
        genre=genre,
        percent=_one_decimal(share),
        width=across(share),
        sets=[Share(set_title(name), _one_decimal(shares[genre.name])) for name, shares in by_set.items()],
        rivals=[
            Share(ml_gateway.GENRES[name].title, str(percent(often)))
            for name, often in sorted(rivals.items(), key=lambda pair: -pair[1])[:3]
            if name in ml_gateway.GENRES and often > 0
        ],
        rival=rival.title if rival else "",
        examples=[
            Example(set_title(one["collection"]), one["file"], _labels(one.get("labels")))
            for one in part(card, "genres", "examples", genre.name) or ()
        ],
    )


def _labels(found: Any) -> str:
    return found if isinstance(found, str) else ", ".join(map(str, found or ()))


def _one_decimal(share: float) -> str:
    return f"{100 * share:.1f}"


def music_groups(card: Mapping[str, Any]) -> list[MusicGroup]:
    """By genre of music, the worst heard first."""
    groups = (
        (
            "4qaed",
            "accuracy",
            True,
            "The right quadrant of mood",
            "Recordings of 4Q, by the genre their catalogue names.",
        ),
        (
            "emotify",
            "mean_r",
            False,
            "How far it follows listeners’ nine emotions",
            "Recordings of Emotify, by genre. Inside one genre songs differ less, so each is lower than all together.",
        ),
    )
    found = [_music_group(card, *group) for group in groups]
    return [group for group in found if group.rows]


def _music_group(card: Mapping[str, Any], key: str, name: str, as_percent: bool, title: str, text: str) -> MusicGroup:
    # A correlation inside one genre is no worse hearing than the one across genres, only over more alike songs.
    whole = Figure.of(part(card, "metrics", "both", key, name)) if as_percent else None
    rows = []
    for genre, found in (part(card, "by_genre", key) or {}).items():
        figure = Figure.of(found.get(name), as_percent=as_percent)
        if figure is not None:
            rows.append(MusicRecord(str(genre), int(found["count"]), figure, _weak(figure, whole)))
    rows.sort(key=lambda row: row.figure.value)
    return MusicGroup(title, text, whole, rows, _music_words(rows, whole))


def _weak(figure: Figure, whole: Figure | None) -> bool:
    return whole is not None and figure.high is not None and figure.high < whole.value


def _music_words(rows: list[MusicRecord], whole: Figure | None) -> str:
    weak = [row.name for row in rows if row.weak]
    if weak:
        return f"Clearly worse than music as a whole: {', '.join(weak)}."
    if whole is not None and any(row.figure.high is not None for row in rows):
        return "No genre here is clearly worse than music as a whole; each rests on few recordings."
    return f"Worst: {rows[0].name}; best: {rows[-1].name}." if len(rows) > 1 else ""


SET_TITLES = {"4qaed": "4Q", "mirex": "MIREX-like", "emotify": "Emotify"}


def set_title(key: str) -> str:
    """What a collection is called; its own name where it is none of the known ones."""
    return SET_TITLES.get(key, key)
