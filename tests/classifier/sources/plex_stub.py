"""A Plex Media Server of a few songs: the XML that plexapi reads."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from tests.classifier.sources.web_servers import Answer, Request, ranged

TOKEN = "plex-token-of-anna"


def track(number: int, **changes: str) -> Element:
    attributes = {
        "ratingKey": str(100 + number),
        "type": "track",
        "title": f"Song {number}",
        "grandparentTitle": "Various Artists",
        "originalTitle": "Anna",
        "parentTitle": "Album",
        "parentYear": "2020",
        "index": str(number),
        "duration": str((180 + number) * 1000),
        **changes,
    }
    element = Element("Track", {name: value for name, value in attributes.items() if value})
    media = SubElement(element, "Media", {"id": "1", "bitrate": "192", "container": "mp3"})
    SubElement(
        media,
        "Part",
        {
            "id": str(500 + number),
            "key": f"/library/parts/{500 + number}/1700000000/file.mp3",
            "file": f"/music/Anna/Album/{number}.mp3",
            "size": str(3_000_000 + number),
        },
    )
    SubElement(element, "Genre", {"tag": "Folk"})
    return element


@dataclass
class PlexStub:
    tracks: list[Element] = field(default_factory=lambda: [track(number) for number in range(7)])
    audio: bytes = bytes(range(256)) * 20
    total: int | None = None
    playlists: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)

    def __call__(self, request: Request) -> Answer:
        if request.path in self.answers:
            return self.answers[request.path]
        if request.headers.get("X-Plex-Token") != TOKEN:
            page = b"<html><head><title>Unauthorized</title></head><body><h1>401 Unauthorized</h1></body></html>"
            return Answer(page, "text/html", 401)
        assert "X-Plex-Token" not in request.query
        if request.path == "/":
            about = {"friendlyName": "home", "version": "1.41.2.9200", "machineIdentifier": "ab" * 20}
            return _xml(Element("MediaContainer", about))
        if request.path == "/library/sections":
            container = Element("MediaContainer", {"size": "2"})
            SubElement(container, "Directory", {"key": "1", "type": "movie", "title": "Films"})
            SubElement(container, "Directory", {"key": "2", "type": "artist", "title": "Music"})
            return _xml(container)
        if request.path == "/library/sections/2/all":
            return self._tracks(request)
        if match := re.fullmatch(r"/library/metadata/(\d+)", request.path):
            return self._metadata(match[1])
        if match := re.fullmatch(r"/playlists(?:/(\d+)(/items)?)?", request.path):
            return self._playlist(request, match[1], in_items=match[2] is not None)
        if re.fullmatch(r"/library/parts/\d+/\d+/file\.mp3", request.path):
            return ranged(request, self.audio)
        return Answer(b"<html><body><h1>404 Not Found</h1></body></html>", "text/html", 404)

    def _tracks(self, request: Request) -> Answer:
        assert request.query["type"] == "10"
        first = int(request.headers["X-Plex-Container-Start"])
        page = self.tracks[first : first + min(int(request.headers["X-Plex-Container-Size"]), 3)]
        total = len(self.tracks) if self.total is None else self.total
        container = Element("MediaContainer", {"size": str(len(page)), "totalSize": str(total), "offset": str(first)})
        container.extend(page)
        return _xml(container)

    def _playlist(self, request: Request, key: str | None, *, in_items: bool) -> Answer:
        before, _, songs = request.query.get("uri", "").rpartition("/library/metadata/")
        assert before in ("", f"server://{'ab' * 20}/com.plexapp.plugins.library")
        if key is None:
            key = str(900 + len(self.playlists))
            self.playlists[key] = {"name": request.query["title"], "songs": songs.split(",")}
        elif key not in self.playlists:
            return Answer(b"<html><body><h1>404 Not Found</h1></body></html>", "text/html", 404)
        elif request.method == "PUT" and in_items:
            self.playlists[key]["songs"] += songs.split(",")
        elif request.method == "PUT":
            self.playlists[key] |= {"name": request.query["title"], "comment": request.query["summary"]}
        elif request.method == "DELETE" and in_items:
            self.playlists[key]["songs"] = []
        elif request.method == "DELETE":
            del self.playlists[key]
            return Answer(b"", "text/plain", 204)
        container = Element("MediaContainer", {"size": "1"})
        SubElement(container, "Playlist", {"ratingKey": key, "title": self.playlists[key]["name"]})
        return _xml(container)

    def _metadata(self, key: str) -> Answer:
        found = [one for one in self.tracks if one.get("ratingKey") == key]
        if not found:
            return Answer(b"<html><body><h1>404 Not Found</h1></body></html>", "text/html", 404)
        container = Element("MediaContainer", {"size": "1"})
        container.extend(found)
        return _xml(container)


def _xml(element: Element) -> Answer:
    return Answer(tostring(element, "utf-8", xml_declaration=True), "text/xml;charset=utf-8")
