"""Playlists of an OpenSubsonic server, changed in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext

from classifier.sources.http_session import ServerSession
from classifier.sources.item_fields import item_key

AT_ONCE = 100
"""Songs in one request, whose address has to stay below the eight kilobytes that servers take."""


class OpenSubsonicPlaylists:
    def __init__(self, session: ServerSession, call: Callable[..., dict[str, Any]]) -> None:
        self._session, self._call = session, call

    def save(self, playlist_id: str, *, name: str, comment: str, keys: Sequence[str]) -> str:
        before = self._names()
        first = list(keys[:AT_ONCE])
        if playlist_id in before:
            self._call("createPlaylist", playlistId=playlist_id, songId=first)
        else:
            answer = self._call("createPlaylist", name=name, songId=first)
            playlist_id = self._created(answer, before, name)
        self._call("updatePlaylist", playlistId=playlist_id, name=name, comment=comment, public="false")
        for start in range(AT_ONCE, len(keys), AT_ONCE):
            self._call("updatePlaylist", playlistId=playlist_id, songIdToAdd=list(keys[start : start + AT_ONCE]))
        return playlist_id

    def delete(self, playlist_id: str) -> None:
        if playlist_id in self._names():
            self._call("deletePlaylist", id=playlist_id)

    def _created(self, answer: dict[str, Any], before: dict[str, str], name: str) -> str:
        """Some servers answer without the playlist: then it is the one that was not there before."""
        playlist = answer.get("playlist")
        if isinstance(playlist, dict) and (key := item_key(playlist.get("id"))) is not None:
            return key
        new = [key for key, its_name in self._names().items() if key not in before and its_name == name]
        if not new:
            raise self._session.not_understood(gettext("did not keep a new playlist"))
        return new[0]

    def _names(self) -> dict[str, str]:
        """By identifier."""
        lists = self._call("getPlaylists").get("playlists")
        entries = lists.get("playlist") if isinstance(lists, dict) else None
        entries = [entries] if isinstance(entries, dict) else entries or []
        if not isinstance(entries, list):
            raise self._session.not_understood(gettext("sent a list of playlists of another form than expected"))
        names: dict[str, str] = {}
        for entry in entries:
            key = item_key(entry.get("id")) if isinstance(entry, dict) else None
            if key is not None:
                names[key] = str(entry.get("name", ""))
        return names
