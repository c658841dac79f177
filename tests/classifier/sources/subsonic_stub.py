"""An OpenSubsonic server of a few songs, with the habits of different products."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from tests.classifier.sources.connections import PASSWORD
from tests.classifier.sources.web_servers import Answer, Request, as_json, ranged

API_KEY = "key-of-anna"
ALBUM_SONGS = 3


def song(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"s{number}",
        "isDir": False,
        "title": f"Song {number}",
        "artist": "Anna",
        "album": f"Album {number // ALBUM_SONGS}",
        "displayAlbumArtist": "Anna & Friends",
        "year": 2020,
        "genre": "Folk",
        "track": number,
        "duration": 180 + number,
        "size": 3_000_000 + number,
        "suffix": "mp3",
        "path": f"Anna/Album/{number}.mp3",
        **changes,
    }


@dataclass
class SubsonicStub:
    songs: list[dict[str, Any]] = field(default_factory=lambda: [song(number) for number in range(7)])
    audio: bytes = bytes(range(256)) * 20
    takes_tokens: bool = True
    lists_by_search: bool = True
    largest_page: int = 500
    may_download: bool = True
    errors_as_xml: bool = False
    scan_count: int | None = None
    ignores_offset: bool = False
    names_new_playlists: bool = True
    playlists: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    """What it answers to a method instead."""

    def __call__(self, request: Request) -> Answer:
        method = request.path.removeprefix("/music/rest/").removesuffix(".view")
        if method == request.path:
            return Answer(b"<h1>Not found</h1>", "text/html", 404)
        if method in self.answers:
            return self.answers[method]
        values = request.parameters
        if code := self._refusal(values):
            return self.error(code)
        return getattr(self, f"_{method}", self._unknown)(request, values)

    def error(self, code: int) -> Answer:
        if self.errors_as_xml:
            text = f'<?xml version="1.0"?><subsonic-response status="failed"><error code="{code}"/></subsonic-response>'
            return Answer(text.encode(), "application/xml")
        return self.reply(status="failed", error={"code": code, "message": f"Error {code}"})

    def reply(self, **content: Any) -> Answer:
        about = {"status": "ok", "version": "1.16.1", "type": "stub", "serverVersion": "0.9 (beta)"}
        return as_json({"subsonic-response": about | content})

    def _refusal(self, values: dict[str, str]) -> int:
        if "apiKey" in values:
            return 0 if values["apiKey"] == API_KEY and "u" not in values else 44
        if "t" in values:
            if not self.takes_tokens:
                return 41
            expected = hashlib.md5((PASSWORD + values["s"]).encode()).hexdigest()
            return 0 if values["t"] == expected else 40
        return 0 if bytes.fromhex(values["p"].removeprefix("enc:")).decode() == PASSWORD else 40

    def _ping(self, request: Request, values: dict[str, str]) -> Answer:
        return self.reply()

    def _search3(self, request: Request, values: dict[str, str]) -> Answer:
        first = 0 if self.ignores_offset else int(values["songOffset"])
        songs = self.songs[first : first + min(int(values["songCount"]), self.largest_page)]
        return self.reply(searchResult3={"song": songs} if songs and self.lists_by_search else {})

    def _getAlbumList2(self, request: Request, values: dict[str, str]) -> Answer:
        numbers = range((len(self.songs) + ALBUM_SONGS - 1) // ALBUM_SONGS)
        albums = [{"id": f"a{number}", "songCount": len(self._of_album(number))} for number in numbers]
        first = int(values["offset"])
        return self.reply(albumList2={"album": albums[first : first + min(int(values["size"]), self.largest_page)]})

    def _getAlbum(self, request: Request, values: dict[str, str]) -> Answer:
        return self.reply(album={"id": values["id"], "song": self._of_album(int(values["id"][1:]))})

    def _of_album(self, number: int) -> list[dict[str, Any]]:
        return self.songs[number * ALBUM_SONGS : (number + 1) * ALBUM_SONGS]

    def _getScanStatus(self, request: Request, values: dict[str, str]) -> Answer:
        if self.scan_count is None:
            return self.error(0)
        return self.reply(scanStatus={"scanning": False, "count": self.scan_count})

    def _download(self, request: Request, values: dict[str, str]) -> Answer:
        if not self.may_download:
            return self.error(50)
        return self._file(request, values)

    def _stream(self, request: Request, values: dict[str, str]) -> Answer:
        assert values["format"] == "raw"
        return self._file(request, values)

    def _file(self, request: Request, values: dict[str, str]) -> Answer:
        if values["id"] not in [one["id"] for one in self.songs]:
            return self.error(70)
        return ranged(request, self.audio)

    def _getPlaylists(self, request: Request, values: dict[str, str]) -> Answer:
        lists = [{"id": key, "name": one["name"]} for key, one in self.playlists.items()]
        return self.reply(playlists={"playlist": lists} if lists else {})

    def _createPlaylist(self, request: Request, values: dict[str, str]) -> Answer:
        key = values.get("playlistId") or f"p{len(self.playlists)}"
        if "playlistId" in values and key not in self.playlists:
            return self.error(70)
        playlist = self.playlists.setdefault(key, {"name": values.get("name"), "public": "true"})
        playlist["songs"] = request.values("songId")
        return self.reply(playlist={"id": key} | playlist) if self.names_new_playlists else self.reply()

    def _updatePlaylist(self, request: Request, values: dict[str, str]) -> Answer:
        playlist = self.playlists[values["playlistId"]]
        playlist |= {name: values[name] for name in ("name", "comment", "public") if name in values}
        playlist["songs"] += request.values("songIdToAdd")
        return self.reply()

    def _deletePlaylist(self, request: Request, values: dict[str, str]) -> Answer:
        del self.playlists[values["id"]]
        return self.reply()

    def _unknown(self, request: Request, values: dict[str, str]) -> Answer:
        return Answer(b"404 page not found", "text/plain", 404)
