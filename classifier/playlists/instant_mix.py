"""Instant mixes for players: similar songs, and a path between two, by the identifiers of the music server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from itertools import pairwise
from math import hypot
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.fields import fold_key
from classifier.library.text_search import matching
from classifier.models import Song, SongLocation, SourceKind, Status
from classifier.playlists.choose import choose
from classifier.playlists.rule import MAX_PATH, MAX_SONGS, MIN_PATH, PATH, SIMILAR, PathEnd, PlaylistRule

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from classifier.models import Person, Source

SPACED_ARTISTS = 3
MAX_FOUND = 500
PLACE = ("sort_valence", "sort_arousal")


@dataclass(frozen=True)
class MixSong:
    """A song under its identifier on the music server."""

    item_id: str
    song: Song
    distance: float
    """0 is the same song, 1 the most different one."""


def similar_songs(owner: Person, item_id: str, *, number: int, spaced: bool, server: str = "") -> list[MixSong]:
    """The most similar first, without the song itself. With `spaced`, no artist again within three songs."""
    place = place_of(owner, item_id, server)
    assert place.song_id is not None
    rule = PlaylistRule(
        order=SIMILAR,
        seeds=(place.song_id,),
        query=_songs_of(place.source),
        songs=min(max(number, 1), MAX_SONGS),
        artist_gap=SPACED_ARTISTS if spaced else 0,
    )
    chosen = choose(owner, rule.checked())
    # The distances of the engine are in standard deviations, without a limit.
    return _of_server(place.source, [(one.song, one.distance / (1 + one.distance)) for one in chosen])


def path_songs(owner: Person, start_id: str, end_id: str, *, number: int, server: str = "") -> list[MixSong]:
    """From one song to the other, both included; the distance of each is that to the one before it, in the plane."""
    start = place_of(owner, start_id, server)
    end = place_of(owner, end_id, str(start.source_id))
    if start.song_id == end.song_id:
        raise ProductError("mix_same_song", gettext("A path needs two different songs: choose another end."))
    assert start.song is not None
    assert end.song is not None
    rule = PlaylistRule(
        order=PATH,
        start=PathEnd(song=start.song.id),
        end=PathEnd(song=end.song.id),
        query=_songs_of(start.source),
        songs=min(max(number, MIN_PATH), MAX_PATH),
    )
    try:
        songs = [one.song for one in choose(owner, rule.checked())]
    except ProductError as error:
        if error.code != "playlist_path_short":
            raise
        # Both are at the same place of the plane, so that nothing lies between them.
        songs = [start.song, end.song]
    steps = [0.0, *(_between(one, other) for one, other in pairwise(songs))]
    return _of_server(start.source, zip(songs, steps, strict=True))


def found_songs(owner: Person, text: str, *, first: int, last: int, server: str = "") -> list[MixSong]:
    """Songs of music servers whose names match the text, in the order of their artists."""
    songs = Song.objects.for_owner(owner).filter(status=Status.DONE, sort_valence__isnull=False)
    songs = songs.filter(id__in=_places(owner, server).values("song")).with_current_analysis()
    matched = matching(songs, text).order_by("sort_artist", "sort_title", "id")[first : min(last, first + MAX_FOUND)]
    by_song: dict[UUID | None, SongLocation] = {}
    for place in _places(owner, server).filter(song__in=list(matched)).order_by("-id"):
        by_song[place.song_id] = place
    return [MixSong(by_song[song.id].key, song, 0.0) for song in matched if song.id in by_song]


def item_of_names(owner: Person, title: str, artist: str, server: str = "") -> str:
    """The identifier of the song with exactly these names, in any case."""
    names = {"song__sort_title": fold_key(title), "song__sort_artist": fold_key(artist)}
    place = _places(owner, server).filter(**names).order_by("id").first()
    if place is None:
        raise _missing(f"{title} by {artist}")
    return place.key


def place_of(owner: Person, item_id: str, server: str = "") -> SongLocation:
    """The place of this identifier on one of the person's music servers, with its song and source. Where several have
    it, the first one that was connected counts."""
    keys = {item_id, item_id.replace("-", "").lower()}  # Jellyfin writes its identifiers in two ways
    places = _places(owner, server).filter(key__in=keys).select_related("song", "source")
    place = places.order_by("source__created_at", "id").first()
    if place is None:
        raise _missing(item_id)
    return place


def _places(owner: Person, server: str = "") -> QuerySet[SongLocation]:
    places = SongLocation.objects.filter(
        source__owner=owner,
        song__deleted_at__isnull=True,
        song__status=Status.DONE,
        missing_since=None,
        is_ignored=False,
    ).exclude(source__kind=SourceKind.FOLDER)
    if not server:
        return places
    try:
        return places.filter(source=UUID(server))
    except ValueError:
        raise ProductError("mix_server", gettext("server is not the id of a source: leave it out.")) from None


def _songs_of(source: Source) -> str:
    return urlencode({"source": source.id})


def _of_server(source: Source, songs: Iterable[tuple[Song, float]]) -> list[MixSong]:
    songs = list(songs)
    places = SongLocation.objects.filter(
        source=source, song__in=[song.id for song, _ in songs], missing_since=None, is_ignored=False
    )
    keys = dict(places.order_by("-id").values_list("song_id", "key"))
    return [MixSong(keys[song.id], song, round(distance, 4)) for song, distance in songs if song.id in keys]


def _between(one: Song, other: Song) -> float:
    valence, arousal = ((getattr(one, name) or 5.0) - (getattr(other, name) or 5.0) for name in PLACE)
    return hypot(valence, arousal)


def _missing(what: str) -> ProductError:
    return ProductError(
        "mix_song_missing",
        gettext(
            "No analysed song of your music servers is “%(what)s”: connect the server on the page “Sources”, "
            "or wait until it is analysed."
        )
        % {"what": what[:80]},
        HTTPStatus.NOT_FOUND,
    )
