"""The rule of a playlist that a sentence asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.active_words import word
from classifier.fields import fold_key
from classifier.models import Song, Status
from classifier.playlists.rule import (
    DEFAULT_SONGS,
    FILTER,
    MAX_NAMES,
    MAX_PATH,
    MAX_SEEDS,
    MIN_PATH,
    MIXTURE,
    PATH,
    SIMILAR,
    PathEnd,
    PlaylistRule,
)
from classifier.playlists.rule_values import RANGES as BOUNDS
from classifier.playlists.rule_values import Range
from classifier.sentences.library_names import LibraryNames
from classifier.sentences.meaning import Kind, Part, Reading

if TYPE_CHECKING:
    from classifier.models import Person
    from classifier.querysets import SongQuerySet

RANGE_NAMES = {Kind.TEMPO: "bpm", Kind.LENGTH: "duration_s", Kind.YEAR: "year"}
PATH_SONGS = 15
MINUTES_OF_A_STEP = 4
"""A path has a number of songs: one for so many minutes where the sentence gives a time."""


@dataclass(frozen=True)
class Asked:
    """What a reading asks for: no rule where it names nothing that a library has."""

    rule: PlaylistRule | None
    notes: tuple[str, ...]
    """Sentences about parts that were understood and do not count as people may expect."""


def rule_of(reading: Reading, owner: Person, names: LibraryNames) -> Asked:
    return _RuleOf(reading, owner, names).asked()


class _RuleOf:
    def __init__(self, reading: Reading, owner: Person, names: LibraryNames) -> None:
        self._reading, self._names = reading, names
        self._library: SongQuerySet = Song.objects.for_owner(owner)
        self._notes: list[str] = []

    def asked(self) -> Asked:
        if not self._reading.understood:
            return Asked(None, ())
        order = self._order()
        if order is None:
            return Asked(None, tuple(self._notes))
        rule = PlaylistRule(
            **order,
            query=self._query(),
            ranges=self._ranges(),
            key_mode=next((part.value for part in self._reading.of(Kind.MODE)), ""),
            music_genres=self._music_genres(is_excluded=False),
            without_music_genres=self._music_genres(is_excluded=True),
            artists=self._artists(is_excluded=False),
            without_artists=self._artists(is_excluded=True),
            certain_only=bool(self._reading.of(Kind.CERTAIN)),
            favourites_only=bool(self._reading.of(Kind.FAVOURITES)),
        )
        return Asked(rule.checked(), tuple(self._notes))

    def _order(self) -> dict[str, Any] | None:
        """The order and what it needs; None if songs that it starts from are missing."""
        songs, minutes = (
            next((int(part.high) for part in self._reading.of(kind) if part.high), None)
            for kind in (Kind.SONGS, Kind.MINUTES)
        )
        size = {"songs": songs or (None if minutes else DEFAULT_SONGS), "minutes": minutes}
        weights = {part.value: part.degree for part in self._reading.of(Kind.MOOD)}
        paths, similar = self._reading.of(Kind.PATH), self._reading.of(Kind.SIMILAR)
        if weights and (paths or similar):
            moods = ", ".join(word(term).adjective for term in weights)
            note = (
                gettext("%(moods)s: moods do not count beside a path.")
                if paths
                else gettext("%(moods)s: moods do not count beside similar songs.")
            )
            self._notes.append(note % {"moods": moods})
        if paths and similar:
            self._notes.append(gettext("“%(words)s” does not count beside a path.") % {"words": similar[0].words})
        if paths:
            return self._path(paths[0], songs, minutes)
        if similar:
            seeds = tuple(dict.fromkeys(seed for part in similar for seed in self._seeds(part)))[:MAX_SEEDS]
            return {"order": SIMILAR, "seeds": seeds, **size} if seeds else None
        return {"order": MIXTURE, "weights": weights, **size} if weights else {"order": FILTER, **size}

    def _path(self, part: Part, songs: int | None, minutes: int | None) -> dict[str, Any] | None:
        ends = [self._end_of_path(end) for end in (part.value, part.end)]
        if None in ends or ends[0] == ends[1]:
            return None
        number = songs or (round(minutes / MINUTES_OF_A_STEP) if minutes else PATH_SONGS)
        number = min(max(number, MIN_PATH), MAX_PATH)
        if minutes and not songs:
            self._notes.append(
                gettext("A path has a number of songs: %(number)s, one for every %(minutes)s minutes.")
                % {"number": number, "minutes": MINUTES_OF_A_STEP}
            )
        return {"order": PATH, "start": ends[0], "end": ends[1], "songs": number}

    def _end_of_path(self, end: str) -> PathEnd | None:
        if end in ml_gateway.MOODS:
            return PathEnd(mood=end)
        song = self._song(end)
        return PathEnd(song=song) if song is not None else None

    def _seeds(self, part: Part) -> list[UUID]:
        if part.value:
            song = self._song(part.value, part.end)
            return [song] if song is not None else []
        by_artist = self._analysed(sort_artist=fold_key(part.end))
        songs = list(by_artist.order_by("id").values_list("id", flat=True))
        if not songs:
            self._notes.append(gettext("Your library has no analysed song by “%(artist)s”.") % {"artist": part.end})
        # Spread over all of them, since the oldest may be one album.
        step = max(1, len(songs) // MAX_SEEDS)
        return songs[::step][:MAX_SEEDS]

    def _analysed(self, **names: str) -> SongQuerySet:
        """Those of these names. In a subquery: SQLite otherwise reads the whole library in another order."""
        songs = self._library.filter(**names)
        return Song.objects.filter(id__in=songs.values("id"), status=Status.DONE, sort_valence__isnull=False)

    def _song(self, title: str, artist: str = "") -> UUID | None:
        artist_names = {"sort_artist": fold_key(artist)} if artist else {}
        songs = self._analysed(sort_title=fold_key(title), **artist_names)
        found: UUID | None = songs.order_by("id").values_list("id", flat=True).first()
        if found is None:
            values = {"title": title, "artist": artist}
            self._notes.append(
                gettext("Your library has no analysed song “%(title)s” by “%(artist)s”.") % values
                if artist
                else gettext("Your library has no analysed song “%(title)s”.") % values
            )
        return found

    def _query(self) -> str:
        genres = self._reading.of(Kind.MOOD_GENRE)
        return urlencode({"genre": genres[-1].value}) if genres else ""

    def _ranges(self) -> dict[str, Range]:
        ranges: dict[str, Range] = {}
        for kind, name in RANGE_NAMES.items():
            for part in self._reading.of(kind):
                least, most = BOUNDS[name]
                low, high = (None if end is None else min(max(end, least), most) for end in (part.low, part.high))
                ranges[name] = (low, high)
        return ranges

    def _music_genres(self, *, is_excluded: bool) -> tuple[str, ...]:
        found: list[str] = []
        for part in self._reading.of(Kind.MUSIC_GENRE):
            if part.is_excluded != is_excluded:
                continue
            names = self._names.music_genres_of(part.value)
            if not names:
                self._notes.append(gettext("Your library has no music genre “%(genre)s”.") % {"genre": part.value})
            # One that it does not have stays in the rule, so that songs which are added later count.
            found += names or [part.value]
        return tuple(dict.fromkeys(found))[:MAX_NAMES]

    def _artists(self, *, is_excluded: bool) -> tuple[str, ...]:
        parts = [part for part in self._reading.of(Kind.ARTIST) if part.is_excluded == is_excluded]
        known = self._names.artists([fold_key(part.value) for part in parts]) if parts else {}
        self._notes += [
            gettext("Your library has no artist “%(artist)s”.") % {"artist": part.value}
            for part in parts
            if fold_key(part.value) not in known
        ]
        return tuple(known.get(fold_key(part.value), part.value) for part in parts)[:MAX_NAMES]
