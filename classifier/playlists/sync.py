"""A playlist on the music server of one of its owner's sources: created once, then changed in place."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.models import Playlist, PlaylistSong, SongLocation, Source, SourceKind
from classifier.sources.servers import Server, server_for


def server_sources(owner_id: int) -> list[Source]:
    """The music servers that playlists of a user can be on."""
    return list(Source.objects.filter(owner_id=owner_id).exclude(kind=SourceKind.FOLDER))


def playlist_sync(playlist: Playlist, now: datetime) -> None:
    """Make the list of the server the same; songs that do not lie there are left out and counted."""
    source = playlist.source
    if source is None:
        return
    server = _server(playlist, source)
    songs = list(_songs(playlist))
    keys_by_song: dict[UUID | None, str] = {}
    there = SongLocation.objects.filter(source=source, song__in=songs, missing_since=None, is_ignored=False)
    for song_id, key in there.order_by("-id").values_list("song_id", "key"):
        keys_by_song[song_id] = key
    keys = [keys_by_song[song_id] for song_id in songs if song_id in keys_by_song]
    if not keys:
        raise ProductError(
            "playlist_not_on_server",
            gettext(
                "None of the %(count)s songs of this playlist lie on %(server)s, so nothing was changed there: "
                "loosen its rules, or choose another server."
            )
            % {"count": len(songs), "server": source.name},
            HTTPStatus.CONFLICT,
        )
    server_id = server.playlists().save(
        playlist.server_playlist_id, name=playlist.name, comment=playlist.description, keys=keys
    )
    Playlist.objects.filter(id=playlist.id).update(
        server_playlist_id=server_id, synced_at=now, left_out=len(songs) - len(keys)
    )


def server_copy_delete(playlist: Playlist) -> None:
    """Raises ProductError where the server does not answer."""
    if playlist.source is not None and playlist.server_playlist_id:
        _server(playlist, playlist.source).playlists().delete(playlist.server_playlist_id)


def _server(playlist: Playlist, source: Source) -> Server:
    if source.owner_id != playlist.owner_id or source.kind == SourceKind.FOLDER:
        raise ProductError(
            "playlist_server", gettext("The source of this playlist is no music server of yours: choose another one.")
        )
    return server_for(source)


def _songs(playlist: Playlist) -> list[UUID]:
    entries = PlaylistSong.objects.filter(playlist=playlist, song__deleted_at=None)
    return list(entries.order_by("position", "id").values_list("song_id", flat=True))
