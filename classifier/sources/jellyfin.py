"""Jellyfin servers. https://api.jellyfin.org"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext
from requests import Response

from classifier.localized import grouped
from classifier.sources.downloads import SongFiles, require_audio
from classifier.sources.http_session import ANSWER_TIME_LIMIT_S, Params, ServerSession
from classifier.sources.item_fields import duration, item_key, line, server_item, whole_number
from classifier.sources.items import SourceItem
from classifier.sources.jellyfin_playlists import JellyfinPlaylists
from classifier.sources.servers import ServerInfo
from mmc import __version__

USERS = "/Users"
PAGE = 500
MAX_SONGS = 1_000_000
TICKS_PER_S = 10_000_000
# One device for all sign-ins, so that the server's list of devices does not grow.
CLIENT = f'Client="Countermood", Device="Countermood", DeviceId="countermood", Version="{__version__}"'


class JellyfinServer(SongFiles):
    """With a user name, signs in with a password; without one, the secret is an API key."""

    def __init__(self, session: ServerSession, username: str, secret: str) -> None:
        self._session, self._username, self._secret = session, username, secret
        self._headers: dict[str, str] = {}
        self._user_id = ""

    def check(self) -> ServerInfo:
        public = self._get("/System/Info/Public", signed_in=False)
        if not isinstance(public.get("Version"), str):
            raise self._session.not_understood(gettext("does not say that it is a Jellyfin server"))
        _, total = self._page(0, 1)
        return ServerInfo(line(public.get("ProductName"), 60) or "Jellyfin", line(public["Version"], 60), total)

    def items(self) -> Iterator[SourceItem]:
        seen: set[str] = set()
        start = 0
        while True:
            songs, total = self._page(start, PAGE)
            new = self._new(songs, seen)
            yield from new
            start += len(songs)
            if songs and not new and start > total:
                raise self._session.not_understood(gettext("sends the same songs again and again"))
            if not songs:
                break
        if len(seen) < total:
            # Otherwise the others would count as deleted.
            raise self._session.not_understood(
                gettext("says that it has %(total)s songs, and lists only %(listed)s")
                % {"total": grouped(total), "listed": grouped(len(seen))}
            )

    def playlists(self) -> JellyfinPlaylists:
        self._sign_in()
        return JellyfinPlaylists(self._session, self._headers, self._user_id)

    def _page(self, start: int, count: int) -> tuple[list[Any], int]:
        """Songs, and how many there are in all."""
        self._sign_in()
        parameters: dict[str, str | int] = {
            "IncludeItemTypes": "Audio",
            "Recursive": "true",
            "Fields": "Path,MediaSources,Genres",
            # Songs that are added meanwhile come last.
            "SortBy": "DateCreated,SortName",
            "SortOrder": "Ascending",
            "EnableImages": "false",
            "EnableUserData": "false",
            "StartIndex": start,
            "Limit": count,
        }
        if self._user_id:
            parameters |= {"UserId": self._user_id, "EnableUserData": "true"}
        answer = self._get("/Items", parameters)
        songs, total = answer.get("Items"), whole_number(answer.get("TotalRecordCount"), 0, MAX_SONGS)
        if not isinstance(songs, list) or total is None:
            raise self._session.not_understood(gettext("sent a list of songs of another form than expected"))
        return songs, total

    def _new(self, songs: list[Any], seen: set[str]) -> list[SourceItem]:
        items = []
        for song in songs:
            key = item_key(song.get("Id")) if isinstance(song, dict) else None
            if key is None:
                raise self._session.not_understood(gettext("listed something without an identifier"))
            if key not in seen:
                seen.add(key)
                items.append(_item(key, song))
        if len(seen) > MAX_SONGS:
            raise self._session.not_understood(gettext("lists more than %(most)s songs") % {"most": grouped(MAX_SONGS)})
        return items

    @contextlib.contextmanager
    def _file(self, key: str, byte_range: str | None = None) -> Iterator[Response]:
        """The file of a song; by its stream, unchanged, where the account may not download."""
        self._sign_in()
        name = quote(key, safe="")
        headers = self._headers | ({"Range": byte_range} if byte_range else {})
        with contextlib.ExitStack() as stack:
            for path in (f"/Items/{name}/Download", f"/Audio/{name}/stream?static=true"):
                with self._session.time_limit(ANSWER_TIME_LIMIT_S):
                    response = stack.enter_context(
                        self._session.streamed(self._session.address + path, headers=headers)
                    )
                if response.status_code not in (401, 403):
                    break
            if response.status_code in (400, 404):
                raise self._session.file_missing()
            require_audio(self._session, response)
            yield response

    def _sign_in(self) -> None:
        if self._headers:
            return
        token: Any = self._secret
        if self._username:
            response = self._session.request(
                "POST",
                f"{self._session.address}{USERS}/AuthenticateByName",
                json={"Username": self._username, "Pw": self._secret},
                headers={"Authorization": f"MediaBrowser {CLIENT}"},
            )
            if response.status_code == 400:
                raise self._session.refused(gettext("does not accept this user name, password or key"))
            self._session.require_success(response)
            answer = self._session.json(response)
            user = answer.get("User")
            token = answer.get("AccessToken")
            self._user_id = line(user.get("Id"), 64) if isinstance(user, dict) else ""
        if not isinstance(token, str) or not token.isascii() or '"' in token:
            raise self._session.refused(gettext("does not accept this user name, password or key"))
        self._headers = {"Authorization": f'MediaBrowser {CLIENT}, Token="{token}"'}

    def _get(self, path: str, parameters: Params | None = None, *, signed_in: bool = True) -> dict[str, Any]:
        response = self._session.request(
            "GET",
            self._session.address + path,
            params=parameters,
            headers=self._headers if signed_in else None,
        )
        self._session.require_success(response)
        return self._session.json(response)


def _item(key: str, song: dict[str, Any]) -> SourceItem:
    files = song.get("MediaSources")
    file = files[0] if isinstance(files, list) and files and isinstance(files[0], dict) else {}
    marks = song.get("UserData")
    ticks = whole_number(song.get("RunTimeTicks"), 1, 1 << 62)
    return server_item(
        key=key,
        path=song.get("Path") or file.get("Path"),
        size=file.get("Size"),
        duration_s=duration(ticks / TICKS_PER_S) if ticks else None,
        title=song.get("Name"),
        artist=_joined(song.get("Artists")),
        album=song.get("Album"),
        album_artist=song.get("AlbumArtist"),
        year_of_release=song.get("ProductionYear"),
        music_genre=_joined(song.get("Genres")),
        position=(song.get("ParentIndexNumber"), song.get("IndexNumber")),
        changed=(file.get("Bitrate"), file.get("Container")),
        is_favourite=isinstance(marks, dict) and marks.get("IsFavorite") is True,
    )


def _joined(values: Any) -> str:
    return "; ".join(filter(None, map(line, values))) if isinstance(values, list) else ""
