"""The songs that the player of the pages plays one after another: a part of a list, around the song it starts with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import CharField
from django.db.models.functions import Cast
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.library.plain_rows import plain_rows
from classifier.library.song_list import songs_in_order
from classifier.models import PlaylistSong, Song, Status
from classifier.playlists.choose import choose
from classifier.playlists.rule import SIMILAR, PlaylistRule
from classifier.playlists.similar_songs import is_comparable

if TYPE_CHECKING:
    from classifier.models import Person, Playlist
    from classifier.querysets import SongQuerySet

MOST_SONGS = 1000
SONGS_BEFORE = 100
"""Songs of a longer list that come before the one it starts with."""
MOST_SIMILAR = 50
PLAYED = (
    "owner", "title", "file_name", "artist", "album", "duration_s", "cover_image", "recording", "actual_primary",
    "actual_secondary", "status", "stage", "segments_done", "segments_total", "queue", "file", "error_message",
)  # fmt: skip
"""What is read of a song: the player shows it as lists do."""


@dataclass(frozen=True)
class PlayQueue:
    songs: list[Song]
    """Read `with_analysis`."""
    start: int
    """The index of the song to start with."""
    total: int
    """Songs of the whole list."""


def play_queue(songs: SongQuerySet, *, first: UUID | None = None) -> PlayQueue:
    """At most MOST_SONGS of the list. Failed songs are left out: their files are no audio, or cannot be read."""
    if first is None:
        total = songs.count()
        return _queue(list(songs.values_list("id", flat=True)[:MOST_SONGS]), total, first)
    # As text: a hundred thousand UUID objects take as long as the query.
    ids = [text for (text,) in plain_rows(songs.values_list(Cast("id", CharField())))]
    texts = (first.hex, str(first))
    place = next((place for place, text in enumerate(ids) if text in texts), None)
    if place is None:
        raise ProductError("song_not_in_list", gettext("This song is not in the list any more: reload the page."))
    begin = max(0, min(place - SONGS_BEFORE, len(ids) - MOST_SONGS))
    return _queue([UUID(text) for text in ids[begin : begin + MOST_SONGS]], len(ids), first)


def similar_queue(owner: Person, song: Song) -> PlayQueue:
    """The song, and then those that are most like it."""
    if not is_comparable(song):
        raise ProductError(
            "song_not_analysed", gettext("This song has no moods of a current model yet: analyse it first.")
        )
    similar = choose(owner, PlaylistRule(order=SIMILAR, seeds=(song.id,), songs=MOST_SIMILAR - 1))
    return _queue([song.id, *(one.song.id for one in similar)], 1 + len(similar), song.id)


def queue_in_order(owner: Person, ids: Sequence[UUID], *, first: UUID | None = None) -> PlayQueue:
    """These songs, in this order."""
    own = set(Song.objects.for_owner(owner).filter(id__in=ids).values_list("id", flat=True))
    return _queue([song_id for song_id in ids if song_id in own], len(own), first)


def playlist_queue(playlist: Playlist, *, first: UUID | None = None) -> PlayQueue:
    """The songs of a playlist, without those in the bin."""
    entries = PlaylistSong.objects.filter(playlist=playlist, song__deleted_at__isnull=True)
    ids = list(entries.order_by("position").values_list("song_id", flat=True)[:MOST_SONGS])
    return _queue(ids, len(ids), first)


def _queue(ids: list[UUID], total: int, first: UUID | None) -> PlayQueue:
    read = songs_in_order(Song.objects.only(*PLAYED).with_analysis(), ids)
    songs = [song for song in read if song.status != Status.FAILED or song.id == first]
    start = next((index for index, song in enumerate(songs) if song.id == first), 0)
    return PlayQueue(songs, start, total)
