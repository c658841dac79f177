"""Servers of the OpenSubsonic API, such as Navidrome, gonic, Funkwhale, Ampache and LMS. https://opensubsonic.netlify.app"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

from django.utils.translation import gettext
from requests import Response

from classifier.errors import ProductError
from classifier.localized import grouped
from classifier.sources.downloads import DOWNLOAD_TIME_LIMIT_S, is_audio, passed_on, write_audio
from classifier.sources.http_session import ANSWER_TIME_LIMIT_S, Params, ServerSession
from classifier.sources.item_fields import duration, item_key, line, server_item, whole_number
from classifier.sources.items import SourceItem
from classifier.sources.opensubsonic_playlists import OpenSubsonicPlaylists
from classifier.sources.servers import AudioAnswer, ServerInfo, nothing

API_VERSION = "1.16.1"
CLIENT = "Countermood"
PAGE = 500
MAX_SONGS = 1_000_000
ALBUM_PAGES_COUNTED = 10

MISSING_PARAMETER, WRONG_PASSWORD, NO_TOKENS, NO_SUCH_SIGN_IN, NOT_ALLOWED, NOT_FOUND = 10, 40, 41, 42, 50, 70
REFUSED = {WRONG_PASSWORD, NO_TOKENS, NO_SUCH_SIGN_IN, 43, 44, NOT_ALLOWED, 60}

FILE_PARAMETERS: dict[str, dict[str, str]] = {"download": {}, "stream": {"format": "raw"}}
"""Without `raw`, a server may send a stream in another format."""

TOKEN, PASSWORD, API_KEY = "token", "password", "api key"


class ApiError(Exception):
    """The server answered with an error of the API."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class OpenSubsonicServer:
    # How accounts sign in, as their servers allow it: found out once in a process, and again after a refusal.
    _ways: ClassVar[dict[tuple[str, str], str]] = {}

    def __init__(self, session: ServerSession, username: str, secret: str) -> None:
        self._session, self._username, self._secret = session, username, secret
        self._account = (session.address, username)

    def check(self) -> ServerInfo:
        answer = self._call("ping")
        # Not every account that signs in may read the library.
        if not self._songs_of_search(0, 1):
            self._call("getAlbumList2", type="alphabeticalByName", size=1, offset=0)
        product = line(answer.get("type"), 60) or "Subsonic"
        version = line(answer.get("serverVersion"), 60) or line(answer.get("version"), 60)
        return ServerInfo(product, version, self._count())

    def items(self) -> Iterator[SourceItem]:
        """By a search for everything, as most servers allow it; where that gives nothing new, by albums."""
        seen: set[str] = set()
        offset = 0
        while songs := self._songs_of_search(offset, PAGE):
            new = self._new(songs, seen)
            yield from new
            if not new:
                break  # the server takes no account of the offset
            offset += len(songs)
        else:
            if seen:
                return
        yield from self._items_of_albums(seen)

    def download(self, key: str, target: Path, meanwhile: Callable[[], None] = nothing) -> None:
        with self._session.time_limit(DOWNLOAD_TIME_LIMIT_S), self._file(key, ("download", "stream")) as response:
            write_audio(self._session, response, target, meanwhile)

    @contextlib.contextmanager
    def audio(self, key: str, byte_range: str | None = None) -> Iterator[AudioAnswer]:
        # More servers know ranges there than in `download`.
        with (
            self._file(key, ("stream", "download"), byte_range) as response,
            passed_on(self._session, response) as answer,
        ):
            yield answer

    def playlists(self) -> OpenSubsonicPlaylists:
        return OpenSubsonicPlaylists(self._session, self._call)

    # --- Listing ---------------------------------------------------------------------------------

    def _songs_of_search(self, offset: int, count: int) -> list[Any]:
        try:
            answer = self._call("search3", query="", artistCount=0, albumCount=0, songCount=count, songOffset=offset)
        except ProductError as error:
            if error.code != "source_not_understood":
                raise
            return []  # some servers require a text
        return self._list(answer, "searchResult3", "song")

    def _items_of_albums(self, seen: set[str]) -> Iterator[SourceItem]:
        albums_seen: set[str] = set()
        offset = 0
        while albums := self._albums(offset):
            keys = [self._key(album) for album in albums]
            if albums_seen.issuperset(keys):
                raise self._session.not_understood(gettext("sends the same albums again and again"))
            for key in dict.fromkeys(keys):
                if key not in albums_seen:
                    albums_seen.add(key)
                    yield from self._new(self._list(self._call("getAlbum", id=key), "album", "song"), seen)
            offset += len(albums)

    def _albums(self, offset: int) -> list[dict[str, Any]]:
        answer = self._call("getAlbumList2", type="alphabeticalByName", size=PAGE, offset=offset)
        albums = self._list(answer, "albumList2", "album")
        if not all(isinstance(album, dict) for album in albums):
            raise self._session.not_understood(gettext("sent a list of albums of another form than expected"))
        return albums

    def _count(self) -> int | None:
        """Only a number to show: what the server counted when it last looked for songs, or the sum of its albums."""
        with contextlib.suppress(ProductError):
            status = self._call("getScanStatus").get("scanStatus")
            count = whole_number(status.get("count"), 1, MAX_SONGS) if isinstance(status, dict) else None
            if count is not None:
                return count
        with contextlib.suppress(ProductError):
            total = offset = 0
            for _ in range(ALBUM_PAGES_COUNTED):
                albums = self._albums(offset)
                if not albums:
                    return total
                total += sum(whole_number(album.get("songCount"), 0, MAX_SONGS) or 0 for album in albums)
                offset += len(albums)
        return None

    def _new(self, songs: list[Any], seen: set[str]) -> list[SourceItem]:
        """The items of songs that did not come before."""
        items = []
        for song in songs:
            if not isinstance(song, dict):
                raise self._session.not_understood(gettext("sent a list of songs of another form than expected"))
            key = self._key(song)
            if key in seen:
                continue
            seen.add(key)
            if len(seen) > MAX_SONGS:
                raise self._session.not_understood(
                    gettext("lists more than %(most)s songs") % {"most": grouped(MAX_SONGS)}
                )
            if song.get("isDir") is not True and song.get("isVideo") is not True:
                items.append(_item(key, song))
        return items

    def _key(self, entry: Any) -> str:
        key = item_key(entry.get("id")) if isinstance(entry, dict) else None
        if key is None:
            raise self._session.not_understood(gettext("listed something without an identifier"))
        return key

    def _list(self, answer: dict[str, Any], group: str, name: str) -> list[Any]:
        """A list in an answer. Servers leave out empty ones, and some write one song without a list."""
        entries = answer.get(group)
        entries = entries.get(name) if isinstance(entries, dict) else entries
        if entries is None:
            return []
        if isinstance(entries, dict):
            return [entries]
        if not isinstance(entries, list):
            raise self._session.not_understood(gettext("sent a list of another form than expected"))
        return entries

    # --- Files -----------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _file(self, key: str, methods: Sequence[str], byte_range: str | None = None) -> Iterator[Response]:
        """The unchanged file of a song, by the first of these methods that the server allows."""
        with contextlib.ExitStack() as stack:
            yield self._first_that_works(stack, key, methods, byte_range)

    def _first_that_works(
        self, stack: contextlib.ExitStack, key: str, methods: Sequence[str], byte_range: str | None
    ) -> Response:
        failure = ApiError(NOT_FOUND, "")
        for method in methods:
            try:
                return self._open(stack, method, byte_range, id=key, **FILE_PARAMETERS[method])
            except ApiError as error:
                failure = error
                if error.code == NOT_FOUND or error.code in REFUSED - {NOT_ALLOWED}:
                    break
        raise self._as_product_error(failure, song=True)

    def _open(self, stack: contextlib.ExitStack, method: str, byte_range: str | None, **parameters: str) -> Response:
        """A response with audio. Raises ApiError."""
        with self._session.time_limit(ANSWER_TIME_LIMIT_S):
            options: dict[str, Any] = {"headers": {"Range": byte_range} if byte_range else {}}
            response: Response = stack.enter_context(
                self._session.streamed(self._url(method), **options, **self._sent(self._way_to_sign_in(), parameters))
            )
            if is_audio(response) and response.status_code in (200, 206, 416):
                return response
            self._session.read_all(response)
        self._session.require_working(response)
        self._payload(response)
        raise self._session.not_understood(gettext("sent no audio for a song"))

    # --- Calls -----------------------------------------------------------------------------------

    def _call(self, method: str, **parameters: str | int | Sequence[str]) -> dict[str, Any]:
        """The content of an answer. Raises ProductError."""
        try:
            return self._answer(method, self._way_to_sign_in(), parameters)
        except ApiError as error:
            raise self._as_product_error(error) from None

    def _way_to_sign_in(self) -> str:
        """An API key where there is no user name; else a token, unless the server takes passwords alone."""
        if not self._username:
            return API_KEY
        if self._account not in self._ways:
            try:
                self._answer("ping", TOKEN, {})
                self._ways[self._account] = TOKEN
            except ApiError as error:
                if error.code not in (MISSING_PARAMETER, NO_TOKENS, NO_SUCH_SIGN_IN):
                    raise
                self._answer("ping", PASSWORD, {})
                self._ways[self._account] = PASSWORD
        return self._ways[self._account]

    def _answer(self, method: str, way: str, parameters: Params) -> dict[str, Any]:
        sent = self._sent(way, parameters)
        return self._payload(self._session.request(sent.pop("method"), self._url(method), **sent))

    def _url(self, method: str) -> str:
        return f"{self._session.address}/rest/{method}.view"

    def _sent(self, way: str, parameters: Params) -> dict[str, Any]:
        """Parameters with the sign-in. A password goes into the body, since servers log URLs."""
        common: dict[str, Any] = {"v": API_VERSION, "c": CLIENT, "f": "json", **parameters}
        if way == API_KEY:
            return {"method": "GET", "params": {**common, "apiKey": self._secret}}
        if way == PASSWORD:
            password = f"enc:{self._secret.encode().hex()}"
            return {"method": "POST", "data": {**common, "u": self._username, "p": password}}
        salt = secrets.token_hex(8)
        token = hashlib.md5((self._secret + salt).encode(), usedforsecurity=False).hexdigest()
        return {"method": "GET", "params": {**common, "u": self._username, "t": token, "s": salt}}

    def _payload(self, response: Response) -> dict[str, Any]:
        """The content of an answer. Raises ApiError for an error of the API, whatever the status is."""
        if failure := _error_in_xml(response):
            raise failure
        try:
            payload = self._session.json(response).get("subsonic-response")
        except ProductError:
            if response.status_code == 404:
                raise ApiError(404, "") from None
            self._session.require_success(response)
            raise
        if not isinstance(payload, dict) or payload.get("status") not in ("ok", "failed"):
            self._session.require_success(response)
            raise self._session.not_understood(gettext("does not speak the OpenSubsonic API"))
        if payload["status"] == "failed":
            error = payload.get("error")
            error = error if isinstance(error, dict) else {}
            code = whole_number(error.get("code"), 0, 999)
            raise ApiError(code or 0, line(error.get("message"), 200))
        return payload

    def _as_product_error(self, error: ApiError, *, song: bool = False) -> ProductError:
        if error.code in REFUSED:
            self._ways.pop(self._account, None)
            if error.code == NOT_ALLOWED:
                return self._session.refused(gettext("does not allow this account to do that"))
            return self._session.refused(gettext("does not accept this user name, password or key"))
        if song and error.code in (NOT_FOUND, 404):
            return self._session.file_missing()
        if error.code == 404:
            return self._session.not_understood(gettext("has no OpenSubsonic API at this address"))
        if error.message:
            what = gettext("reports the error %(code)s: “%(message)s”") % {"code": error.code, "message": error.message}
        else:
            what = gettext("reports the error %(code)s") % {"code": error.code}
        return self._session.not_understood(what)


def _error_in_xml(response: Response) -> ApiError | None:
    """Some servers write errors as XML, whatever format was asked for."""
    if "xml" not in response.headers.get("Content-Type", ""):
        return None
    match = re.search(rb"<error\b[^>]{0,1000}?\bcode=[\"'](\d{1,3})[\"']", response.content[:10_000])
    return ApiError(int(match[1]), "") if match else None


def _item(key: str, song: dict[str, Any]) -> SourceItem:
    return server_item(
        key=key,
        path=song.get("path"),
        size=song.get("size"),
        duration_s=duration(song.get("duration")),
        title=song.get("title"),
        artist=song.get("displayArtist") or song.get("artist"),
        album=song.get("album"),
        album_artist=song.get("displayAlbumArtist"),
        year_of_release=song.get("year"),
        music_genre=song.get("genre"),
        position=(song.get("discNumber"), song.get("track")),
        changed=(song.get("bitRate"), song.get("suffix")),
        is_favourite=bool(song.get("starred")),
        rating=whole_number(song.get("userRating"), 1, 5) or 0,
    )
