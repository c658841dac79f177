"""Playlists of a Jellyfin server, changed in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext
from requests import Response

from classifier.sources.http_session import Params, ServerSession
from classifier.sources.item_fields import item_key

AT_ONCE = 100
"""Songs in one request."""


class JellyfinPlaylists:
    """Without a comment, which Jellyfin does not keep."""

    def __init__(self, session: ServerSession, headers: Mapping[str, str], user_id: str) -> None:
        self._session, self._headers, self._user_id = session, headers, user_id

    def save(self, playlist_id: str, *, name: str, comment: str, keys: Sequence[str]) -> str:
        if not self._user_id:
            raise self._session.refused(
                gettext(
                    "keeps playlists of people, and an API key is nobody’s: connect it with a user name and a password"
                )
            )
        entries = self._entries(playlist_id) if playlist_id else None
        if entries is None:
            created = {"Name": name, "Ids": list(keys[:AT_ONCE]), "UserId": self._user_id, "MediaType": "Audio"}
            key = item_key(self._session.json(self._ask("POST", "/Playlists", json=created)).get("Id"))
            if key is None:
                raise self._session.not_understood(gettext("did not keep a new playlist"))
            playlist_id, keys = key, keys[AT_ONCE:]
        else:
            for part in _parts(entries):
                self._ask("DELETE", f"{_path(playlist_id)}/Items", {"entryIds": ",".join(part)})
            self._rename(playlist_id, name)
        for part in _parts(keys):
            self._ask("POST", f"{_path(playlist_id)}/Items", {"ids": ",".join(part), "userId": self._user_id})
        return playlist_id

    def delete(self, playlist_id: str) -> None:
        if self._entries(playlist_id) is not None:
            self._ask("DELETE", f"/Items/{quote(playlist_id, safe='')}")

    def _rename(self, playlist_id: str, name: str) -> None:
        """Before 10.9 there was no such call; the list keeps its name then."""
        response = self._request("POST", _path(playlist_id), json={"Name": name})
        if response.status_code not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
            self._session.require_success(response)

    def _entries(self, playlist_id: str) -> list[str] | None:
        """The identifiers of its places; None if the server does not have it."""
        response = self._request("GET", f"{_path(playlist_id)}/Items", {"userId": self._user_id})
        if response.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST):
            return None
        self._session.require_success(response)
        items = self._session.json(response).get("Items")
        if not isinstance(items, list):
            raise self._session.not_understood(gettext("sent a playlist of another form than expected"))
        keys = (item_key(item.get("PlaylistItemId")) for item in items if isinstance(item, dict))
        return [key for key in keys if key is not None]

    def _ask(self, method: str, path: str, parameters: Params | None = None, **options: Any) -> Response:
        response = self._request(method, path, parameters, **options)
        if response.status_code != HTTPStatus.NO_CONTENT:
            self._session.require_success(response)
        return response

    def _request(self, method: str, path: str, parameters: Params | None = None, **options: Any) -> Response:
        url = self._session.address + path
        return self._session.request(method, url, params=parameters, headers=self._headers, **options)


def _path(playlist_id: str) -> str:
    return f"/Playlists/{quote(playlist_id, safe='')}"


def _parts(keys: Sequence[str]) -> list[Sequence[str]]:
    return [keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE)]
