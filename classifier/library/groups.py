"""Artists and albums: songs of one owner that have the same folded names, and the moods of each group.

A list counts groups from an index of songs alone; moods, names and covers are read for the groups of one page.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy

from classifier.fields import fold
from classifier.library.text_search import bounded
from classifier.models import Person, Song

if TYPE_CHECKING:
    from classifier.querysets import SongQuerySet

ARTIST = ("sort_artist",)
ALBUM = ("sort_album", "sort_album_artist")
"""The columns that make songs one group."""
ORDERS = {"name": gettext_lazy("Name"), "songs": gettext_lazy("Most songs first")}

Key = tuple[str, ...]


@dataclass
class Moods:
    """Numbers of songs by main mood, and where they lie in the valence-arousal plane."""

    counts: dict[str, int] = field(default_factory=dict)
    valence_sum: float = 0.0
    arousal_sum: float = 0.0

    @property
    def songs(self) -> int:
        return sum(self.counts.values())

    @property
    def valence(self) -> float:
        return self.valence_sum / self.songs

    @property
    def arousal(self) -> float:
        return self.arousal_sum / self.songs


@dataclass
class Group:
    """An artist or an album."""

    key: Key
    songs: int
    name: str = ""
    artist: str = ""
    """Of an album: its album artist, else the artist of its songs."""
    years: str = ""
    cover_id: uuid.UUID | None = None
    moods: Moods = field(default_factory=Moods)


def groups(
    owner: Person, columns: Key, *, text: str = "", order: str = "name", every_copy: bool = False
) -> QuerySet[Any, Any]:
    """The keys of the groups whose names contain every word of the text, each with its number of songs."""
    # Not the songs without a name: "" is the least of all texts.
    songs = _library(owner, every_copy).filter(**{f"{columns[0]}__gt": ""})
    for word in bounded(text).split():
        conditions = (Q(**{f"{column}__contains": fold(word)}) for column in columns)
        either = Q()
        for condition in conditions:
            either |= condition
        songs = songs.filter(either)
    counted = songs.order_by().values(*columns).annotate(songs=Count("*"))
    return counted.order_by(*(("-songs", *columns) if order == "songs" else columns))


def filled_groups(
    owner: Person, columns: Key, rows: Iterable[dict[str, Any]], *, every_copy: bool = False
) -> list[Group]:
    """The groups of one page with names, covers and moods: three queries."""
    found = {tuple(row[column] for column in columns): row["songs"] for row in rows}
    result = {key: Group(key=key, songs=songs) for key, songs in found.items()}
    songs = members(owner, columns, list(result), every_copy=every_copy)
    spelling = "artist" if columns == ARTIST else "album"
    for *key, name, album_artist, artist, first, last in (
        songs.values_list(*columns)
        .annotate(
            shown=Max(spelling), by=Max("album_artist"), artist_shown=Max("artist"), first=Min("year"), last=Max("year")
        )
        .values_list(*columns, "shown", "by", "artist_shown", "first", "last")
    ):
        if group := result.get(tuple(key)):
            group.name, group.artist = name, album_artist or artist
            group.years = "" if first is None else str(first) if first == last else f"{first}–{last}"
    for *key, cover_id in songs.filter(cover_image__isnull=False).values_list(*columns, "cover_image_id").distinct():
        if (group := result.get(tuple(key))) and group.cover_id is None:
            group.cover_id = cover_id
    for key, moods in moods_of(songs, columns).items():
        if group := result.get(key):
            group.moods = moods
    return list(result.values())


def members(owner: Person, columns: Key, keys: Sequence[Key], *, every_copy: bool = False) -> SongQuerySet:
    """The songs of these groups, in no order; for albums also those of others with the same title."""
    return _library(owner, every_copy).filter(**{f"{columns[0]}__in": {key[0] for key in keys}}).order_by()


def songs_of(owner: Person, columns: Key, key: Key, *, every_copy: bool = False) -> SongQuerySet:
    """The songs of one group."""
    songs = _library(owner, every_copy).filter(**dict(zip(columns, key, strict=True)))
    # In a subquery: SQLite otherwise reads the whole library in the order that is asked for.
    return Song.objects.filter(id__in=songs.values("id"))


def _library(owner: Person, every_copy: bool) -> SongQuerySet:
    songs: SongQuerySet = Song.objects.for_owner(owner)
    return songs if every_copy else songs.without_copies()


def moods_of(songs: SongQuerySet, columns: Key) -> dict[Key, Moods]:
    """Of each group. The mood is the one that counts, the owner's where there is one."""
    result: dict[Key, Moods] = defaultdict(Moods)
    rows = (
        songs.with_current_analysis()
        .analysed()
        .values_list(*columns, F("effective_primary"))
        .annotate(number=Count("*"), valence=Sum("analysis_valence"), arousal=Sum("analysis_arousal"))
    )
    for *key, mood, number, valence, arousal in rows:
        moods = result[tuple(key)]
        moods.counts[mood] = moods.counts.get(mood, 0) + number
        moods.valence_sum += valence
        moods.arousal_sum += arousal
    return dict(result)
