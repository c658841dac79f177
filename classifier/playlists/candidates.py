"""The songs that a rule allows, and the first of them in its order, as far as the rules of spacing read them.

The database ranks the library and gives a pool of the best; a library of 100,000 songs has to take a moment only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import CharField, ExpressionWrapper, F, FloatField, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.fields import fold_key
from classifier.library.filters import LibraryFilter
from classifier.models import SavedFilter, Song, SongLocation, Status
from classifier.playlists.path import Line, steps
from classifier.playlists.rule import FILTER, MINOR, PlaylistRule
from classifier.playlists.spacing import Candidate
from classifier.source_models import LIKED

if TYPE_CHECKING:
    from classifier.models import Person
    from classifier.querysets import SongQuerySet

COLUMNS = {
    "bpm": "sort_tempo",
    "valence": "sort_valence",
    "arousal": "sort_arousal",
    "year": "year",
    "duration_s": "duration_s",
}
"""The column of each range of a rule."""
PLACE = ("sort_valence", "sort_arousal")

OF_PROFILE = {"source", "music_genre", "year_from", "year_to", "sort"}
"""Filters that the index of the rankings answers."""

CANDIDATE_COLUMNS = (
    "sort_artist", "sort_album", "sort_album_artist", "duration_s", "audio_hash", "recording", "sort_valence",
    "sort_arousal",
)  # fmt: skip
TEXT_ID = Cast("id", CharField())
"""As text: so many UUID objects take as long to make as the query."""

FIRST_POOL, LARGEST_POOL = 1_000, 64_000
"""Songs whose rows are read: few at first, and more where the rules leave too few of them."""
NEAR_STEP = 40
"""Songs that are looked at for each step of a path."""
AT_ONCE = 10_000


def rule_filter(owner: Person, rule: PlaylistRule) -> LibraryFilter:
    """Its own filter, or the saved one that it follows. Raises ProductError if that one is gone."""
    query = rule.query
    if rule.saved_filter is not None:
        saved = SavedFilter.objects.for_owner(owner).filter(id=rule.saved_filter).first()
        if saved is None:
            raise ProductError(
                "playlist_filter_missing",
                gettext("The saved filter of this playlist was deleted: edit the playlist and choose another one."),
                HTTPStatus.CONFLICT,
            )
        query = saved.query
    return LibraryFilter(QueryDict(query))


def candidate_songs(owner: Person, rule: PlaylistRule) -> SongQuerySet:
    """The owner's analysed songs that the rule allows; for the order `filter`, in that of its filter."""
    songs = Song.objects.for_owner(owner).filter(status=Status.DONE, sort_valence__isnull=False)
    if rule.song_ids:
        songs = songs.filter(id__in=rule.song_ids)
    for name, (low, high) in rule.ranges.items():
        value = COLUMNS[name]
        if rule.order != FILTER and value not in PLACE:
            # As a term, for which there is no index: a ranking then reads its own, and not the rows of another.
            value = f"{name}_term"
            songs = songs.alias(**{value: F(COLUMNS[name]) + 0})
        if low is not None:
            songs = songs.filter(**{f"{value}__gte": low})
        if high is not None:
            songs = songs.filter(**{f"{value}__lte": high})
    if rule.key_mode:
        # Keys are numbered major, minor, major, …
        parity = 1 if rule.key_mode == MINOR else 0
        songs = songs.alias(key_parity=F("sort_key") % 2).filter(key_parity=parity)
    if rule.artists:
        # In a subquery: a ranking then reads an index of all songs, and not the rows of those in another order.
        artists = Song.objects.for_owner(owner).filter(sort_artist__in=_keys(rule.artists))
        songs = songs.filter(id__in=artists.values("id"))
    if rule.music_genres:
        songs = songs.filter(sort_music_genre__in=_keys(rule.music_genres))
    for column, without in (("sort_music_genre", rule.without_music_genres), ("sort_artist", rule.without_artists)):
        if without:
            songs = songs.exclude(**{f"{column}__in": _keys(without)})
    if rule.favourites_only or rule.least_rating:
        songs = songs.filter(id__in=_liked_places(owner, rule).values("song"))
    library_filter = rule_filter(owner, rule)
    if rule.order == FILTER:
        return library_filter.apply(songs)
    if library_filter.values.keys() <= OF_PROFILE:
        return library_filter.apply(songs).order_by() if library_filter.narrows else songs
    if library_filter.narrows:
        # In a subquery, for the same reason.
        allowed = library_filter.apply(Song.objects.for_owner(owner)).order_by()
        songs = songs.filter(id__in=allowed.values("id"))
    return songs


@dataclass(frozen=True)
class Pool:
    """Reads the rows of candidates. Whether a mood is certain is read with them: most songs are, and a ranking that
    joins every song with its analysis takes three times as long."""

    certain_only: bool = False

    def growing(self, ranked: SongQuerySet, distance: str = "") -> Iterator[list[Candidate]]:
        """The first candidates of a ranking, then more of them; each list begins anew. `distance` is an alias of it."""
        size = FIRST_POOL
        while True:
            # Two queries: an index has what the ranking reads, and only the rows of the pool are read besides.
            first = list(ranked.values_list(TEXT_ID, *([F(distance)] if distance else []))[:size])
            rows = self._rows([row[0] for row in first])
            yield [_candidate(rows[song_id], *distances) for song_id, *distances in first if song_id in rows]
            if len(first) < size or size >= LARGEST_POOL:
                return
            size *= 8

    def near_line(self, songs: SongQuerySet, line: Line, number: int, width: float) -> list[Candidate]:
        """For each of so many steps along a line, the songs nearest to it, at most `width` beside the line."""
        (x, y), (end_x, end_y) = line.start, line.end
        beside = (F("sort_valence") - Value(x)) * Value((end_y - y) / line.length)
        beside -= (F("sort_arousal") - Value(y)) * Value((end_x - x) / line.length)
        songs = songs.alias(beside=ExpressionWrapper(beside, FloatField())).filter(beside__range=(-width, width))
        places = steps(line, number)
        of_step: list[list[tuple[float, str]]] = [[] for _ in places]
        for song_id, valence, arousal in songs.order_by().values_list(TEXT_ID, "sort_valence", "sort_arousal"):
            # Those beyond an end count for that end: a library may have none nearer.
            step = min(max(round(line.share(valence, arousal) * (number - 1)), 0), number - 1)
            place = places[step]
            of_step[step].append(((valence - place[0]) ** 2 + (arousal - place[1]) ** 2, song_id))
        rows = self._rows([song_id for near in of_step for _, song_id in nsmallest(NEAR_STEP, near)])
        return [_candidate(row) for row in rows.values()]

    def _rows(self, ids: list[str]) -> dict[str, tuple[Any, ...]]:
        """Without songs that were deleted meanwhile."""
        rows: dict[str, tuple[Any, ...]] = {}
        for start in range(0, len(ids), AT_ONCE):
            part = Song.objects.filter(id__in=[UUID(one) for one in ids[start : start + AT_ONCE]])
            if self.certain_only:
                part = part.with_current_analysis().filter(Q(shown_certain=True))
            rows |= {row[0]: row for row in part.values_list(TEXT_ID, *CANDIDATE_COLUMNS)}
        return rows


def candidates_of(ids: Iterable[UUID]) -> list[Candidate]:
    """Of these songs, in no order."""
    return [_candidate(row) for row in Song.objects.filter(id__in=ids).values_list(TEXT_ID, *CANDIDATE_COLUMNS)]


def _candidate(row: tuple[Any, ...], distance: float = 0.0) -> Candidate:
    song_id, artist, album, album_artist, duration_s, audio_hash, recording, valence, arousal = row
    return Candidate(
        id=UUID(song_id),
        distance=distance,
        artist=artist,
        album=f"{album}\n{album_artist}" if album else "",
        duration_s=duration_s or 0.0,
        audio_hash=audio_hash,
        recording=str(recording or ""),
        valence=valence,
        arousal=arousal,
    )


def _keys(names: Iterable[str]) -> list[str]:
    return [fold_key(name) for name in names]


def _liked_places(owner: Person, rule: PlaylistRule) -> QuerySet[SongLocation]:
    places = SongLocation.objects.filter(
        LIKED, source__owner=owner, song__isnull=False, missing_since=None, is_ignored=False
    )
    if rule.favourites_only:
        places = places.filter(is_favourite=True)
    if rule.least_rating:
        places = places.filter(rating__gte=rule.least_rating)
    return places
