"""Playlists of a Plex Media Server, changed in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

from django.utils.translation import gettext
from plexapi.exceptions import NotFound

from classifier.sources.http_session import ServerSession

AT_ONCE = 100
"""Songs in one request."""


class PlexPlaylists:
    """Not plexapi's own, which asks the server for every song first."""

    def __init__(self, session: ServerSession, query: Callable[..., Element], machine: str) -> None:
        self._session, self._query, self._machine = session, query, machine

    def save(self, playlist_id: str, *, name: str, comment: str, keys: Sequence[str]) -> str:
        if self._is_there(playlist_id):
            self._query(f"/playlists/{playlist_id}/items", method="delete")
        else:
            values = {"type": "audio", "title": name, "smart": "0", "uri": self._uri(keys[:AT_ONCE])}
            created = self._query(f"/playlists?{urlencode(values)}", method="post").find("Playlist")
            playlist_id = created.get("ratingKey", "") if created is not None else ""
            if not playlist_id.isdecimal():
                raise self._session.not_understood(gettext("did not keep a new playlist"))
            keys = keys[AT_ONCE:]
        for start in range(0, len(keys), AT_ONCE):
            values = {"uri": self._uri(keys[start : start + AT_ONCE])}
            self._query(f"/playlists/{playlist_id}/items?{urlencode(values)}", method="put")
        self._query(f"/playlists/{playlist_id}?{urlencode({'title': name, 'summary': comment})}", method="put")
        return playlist_id

    def delete(self, playlist_id: str) -> None:
        if self._is_there(playlist_id):
            self._query(f"/playlists/{playlist_id}", method="delete")

    def _is_there(self, playlist_id: str) -> bool:
        if not playlist_id.isdecimal():
            return False
        try:
            self._query(f"/playlists/{playlist_id}")
        except NotFound:
            return False
        return True

    def _uri(self, keys: Sequence[str]) -> str:
        return f"server://{self._machine}/com.plexapp.plugins.library/library/metadata/{','.join(keys)}"
