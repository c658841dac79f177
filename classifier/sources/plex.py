"""Plex Media Servers, by the library plexapi. The secret is an X-Plex-Token."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from django.utils.translation import gettext
from plexapi.exceptions import NotFound, PlexApiException, Unauthorized
from plexapi.server import PlexServer
from requests import Response

from classifier.localized import grouped
from classifier.sources.downloads import SongFiles, require_audio
from classifier.sources.http_session import ANSWER_TIME_LIMIT_S, ServerSession
from classifier.sources.item_fields import duration, item_key, line, server_item, whole_number
from classifier.sources.items import SourceItem
from classifier.sources.plex_playlists import PlexPlaylists
from classifier.sources.servers import ServerInfo

PAGE = 500
MAX_SONGS = 1_000_000
TRACK = 10
"""Plex's number for this kind of item."""


class PlexMediaServer(SongFiles):
    def __init__(self, session: ServerSession, token: str) -> None:
        self._session, self._token = session, token
        self._connected: PlexServer | None = None

    def check(self) -> ServerInfo:
        version = line(getattr(self._server(), "version", ""), 60)
        if not version:
            raise self._session.not_understood(gettext("does not say that it is a Plex Media Server"))
        songs = sum(self._page(section, 0, 1)[1] for section in self._music_sections())
        return ServerInfo("Plex Media Server", version, songs)

    def items(self) -> Iterator[SourceItem]:
        seen: set[str] = set()
        for section in self._music_sections():
            yield from self._items_of_section(section, seen)

    def playlists(self) -> PlexPlaylists:
        return PlexPlaylists(self._session, self._query, getattr(self._server(), "machineIdentifier", ""))

    def _items_of_section(self, section: str, seen: set[str]) -> Iterator[SourceItem]:
        start = listed = 0
        while True:
            tracks, total = self._page(section, start, PAGE)
            if not tracks:
                break
            before = len(seen)
            for track in tracks:
                key = item_key(track.get("ratingKey"))
                if key is None:
                    raise self._session.not_understood(gettext("listed something without an identifier"))
                if key not in seen:
                    seen.add(key)
                    yield _item(key, track)
            start += len(tracks)
            listed += len(seen) - before
            if len(seen) > MAX_SONGS:
                raise self._session.not_understood(
                    gettext("lists more than %(most)s songs") % {"most": grouped(MAX_SONGS)}
                )
            if len(seen) == before and start > total:
                raise self._session.not_understood(gettext("sends the same songs again and again"))
        if listed < total:
            # Otherwise the others would count as deleted.
            raise self._session.not_understood(
                gettext("says that it has %(total)s songs, and lists only %(listed)s")
                % {"total": grouped(total), "listed": grouped(listed)}
            )

    def _page(self, section: str, start: int, count: int) -> tuple[list[Element], int]:
        """Tracks of a section, and how many it has."""
        headers = {"X-Plex-Container-Start": str(start), "X-Plex-Container-Size": str(count)}
        # Not plexapi's objects of tracks: each asks the server again for what the list does not have.
        container = self._query(f"/library/sections/{section}/all?type={TRACK}&sort=addedAt:asc", headers=headers)
        total = whole_number(container.get("totalSize") or container.get("size"), 0, MAX_SONGS)
        if container.tag != "MediaContainer" or total is None:
            raise self._session.not_understood(gettext("sent a list of songs of another form than expected"))
        return container.findall("Track"), total

    def _music_sections(self) -> list[str]:
        sections = self._query("/library/sections").findall("Directory")
        keys = [section.get("key", "") for section in sections if section.get("type") == "artist"]
        return [key for key in keys if key.isdecimal()]

    @contextlib.contextmanager
    def _file(self, key: str, byte_range: str | None = None) -> Iterator[Response]:
        if not key.isdecimal():
            raise self._session.file_missing()
        try:
            part = self._query(f"/library/metadata/{key}").find("./Track/Media/Part")
        except NotFound:
            raise self._session.file_missing() from None
        path = part.get("key", "") if part is not None else ""
        if not path.startswith("/library/parts/") or ".." in path:
            raise self._session.file_missing()
        headers = {"X-Plex-Token": self._token} | ({"Range": byte_range} if byte_range else {})
        with contextlib.ExitStack() as stack:
            with self._session.time_limit(ANSWER_TIME_LIMIT_S):
                response = stack.enter_context(self._session.streamed(self._session.address + path, headers=headers))
            if response.status_code == 404:
                raise self._session.file_missing()
            require_audio(self._session, response)
            yield response

    def _server(self) -> PlexServer:
        if self._connected is None:
            with self._errors():
                self._connected = PlexServer(self._session.address, self._token, session=self._session)
        return self._connected

    def _query(self, path: str, headers: dict[str, str] | None = None, method: str = "get") -> Element:
        """Raises NotFound, too."""
        server = self._server()
        with self._errors():
            element: Any = server.query(path, headers=headers, method=getattr(self._session, method))
            if element is None and method != "get":
                return Element("MediaContainer")
        if not isinstance(element, Element):
            raise self._session.not_understood(gettext("gave an empty answer"))
        return element

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except NotFound:
            raise
        except Unauthorized:
            raise self._session.refused(gettext("does not accept this token")) from None
        except (PlexApiException, ParseError, ValueError, TypeError, AttributeError, LookupError):
            # plexapi expects answers of a Plex server, and fails in many ways where they are something else.
            raise self._session.not_understood(gettext("does not answer like a Plex Media Server")) from None


def _item(key: str, track: Element) -> SourceItem:
    media = track.find("Media")
    part = track.find("./Media/Part")
    milliseconds = whole_number(track.get("duration"), 1, 1 << 53)
    return server_item(
        key=key,
        path=part.get("file") if part is not None else None,
        size=part.get("size") if part is not None else None,
        duration_s=duration(milliseconds / 1000) if milliseconds else None,
        title=track.get("title"),
        artist=track.get("originalTitle") or track.get("grandparentTitle"),
        album=track.get("parentTitle"),
        album_artist=track.get("grandparentTitle"),
        year_of_release=track.get("year") or track.get("parentYear"),
        music_genre="; ".join(filter(None, (line(genre.get("tag")) for genre in track.findall("Genre")))),
        position=(track.get("parentIndex"), track.get("index")),
        changed=(media.get("bitrate"), media.get("container")) if media is not None else (),
        rating=_stars(track.get("userRating")),
    )


def _stars(rating: str | None) -> int:
    """Of a rating from 0 to 10, which may have half steps."""
    points = duration(rating)
    return min(max(round(points / 2), 1), 5) if points else 0
