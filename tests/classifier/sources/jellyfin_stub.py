"""A Jellyfin server of a few songs, after https://api.jellyfin.org and what 10.10 answers."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from tests.classifier.sources.connections import PASSWORD
from tests.classifier.sources.web_servers import Answer, Request, as_json, ranged

USERS = "/Users"
API_KEY, SESSION_TOKEN, USER_ID = "0f" * 16, "a1" * 16, "e5" * 16


def song(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "Name": f"Song {number}",
        "ServerId": "f0" * 16,
        "Id": f"{number:032x}",
        "Path": f"/media/music/Anna/Album/{number}.mp3",
        "RunTimeTicks": (180 + number) * 10_000_000,
        "ProductionYear": 2020,
        "IndexNumber": number,
        "Genres": ["Folk", "Pop"],
        "Artists": ["Anna", "Boris"],
        "Album": "Album",
        "AlbumArtist": "Anna",
        "Type": "Audio",
        "MediaType": "Audio",
        "MediaSources": [{"Id": f"{number:032x}", "Size": 3_000_000 + number, "Container": "mp3", "Bitrate": 192_000}],
        **changes,
    }


@dataclass
class JellyfinStub:
    songs: list[dict[str, Any]] = field(default_factory=lambda: [song(number) for number in range(7)])
    audio: bytes = bytes(range(256)) * 20
    may_download: bool = True
    total: int | None = None
    """What it says that it has."""
    repeats: bool = False
    playlists: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)

    def __call__(self, request: Request) -> Answer:
        path = request.path.removeprefix("/jellyfin")
        if path in self.answers:
            return self.answers[path]
        if path == "/System/Info/Public":
            about = {"ServerName": "home", "Version": "10.10.7", "ProductName": "Jellyfin Server", "Id": "f0" * 16}
            return as_json(about)
        if path == f"{USERS}/AuthenticateByName":
            return self._authenticate(request)
        token = re.search(r'^MediaBrowser .*\bToken="([^"]*)"', request.headers.get("Authorization", ""))
        if token is None or token[1] not in (API_KEY, SESSION_TOKEN):
            return Answer(b"", "text/plain", 401)
        if path == "/Items":
            return self._items(request)
        if path == "/Playlists":
            created = json.loads(request.body)
            assert created["UserId"] == USER_ID
            key = f"{len(self.playlists):032x}"
            self.playlists[key] = {"name": created["Name"], "songs": created["Ids"]}
            return as_json({"Id": key})
        if match := re.fullmatch(r"/(?:Playlists|Items)/(\w+)(/Items)?", path):
            return self._playlist(request, match[1], in_items=match[2] is not None)
        if match := re.fullmatch(r"/(?:Items|Audio)/(\w+)/(Download|stream)", path):
            if match[2] == "Download" and not self.may_download:
                return Answer(b"", "text/plain", 403)
            if match[1] not in [one["Id"] for one in self.songs]:
                return Answer(b"Error processing request.", "text/plain", 404)
            return ranged(request, self.audio)
        return Answer(b"", "text/plain", 404)

    def _authenticate(self, request: Request) -> Answer:
        assert 'Client="' in request.headers["Authorization"]
        assert "Token=" not in request.headers["Authorization"]
        entered = json.loads(request.body)
        if entered != {"Username": "anna", "Pw": PASSWORD}:
            return Answer(b"Error processing request.", "text/plain", 401)
        return as_json({"User": {"Name": "anna", "Id": USER_ID}, "AccessToken": SESSION_TOKEN})

    def _items(self, request: Request) -> Answer:
        assert request.query["IncludeItemTypes"] == "Audio"
        assert request.query["Recursive"] == "true"
        first = 0 if self.repeats else int(request.query["StartIndex"])
        page = self.songs[first : first + min(int(request.query["Limit"]), 3)]
        total = len(self.songs) if self.total is None else self.total
        return as_json({"Items": page, "TotalRecordCount": total, "StartIndex": first})

    def _playlist(self, request: Request, key: str, *, in_items: bool) -> Answer:
        """Each place of a list has an identifier of its own."""
        if key not in self.playlists:
            return Answer(b"Playlist not found", "text/plain", 404)
        songs = self.playlists[key]["songs"]
        places = [f"place-of-{song}" for song in songs]
        match request.method, in_items:
            case "GET", True:
                return as_json({"Items": [{"PlaylistItemId": place} for place in places]})
            case "POST", True:
                songs += request.query["ids"].split(",")
            case "POST", False:
                self.playlists[key]["name"] = json.loads(request.body)["Name"]
            case "DELETE", True:
                gone = request.query["entryIds"].split(",")
                songs[:] = [song for song, place in zip(songs, places, strict=True) if place not in gone]
            case "DELETE", False:
                del self.playlists[key]
        return Answer(b"", "text/plain", 204)
