"""Playlists as lists of recordings: M3U, M3U8, PLS, XSPF, and text files with a path or link on each line.

They have no moods, but often artists and titles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

from ml.errors import MoodError
from ml.training.collecting.entries import Entry

DASH = re.compile(r"\s+[-–—]\s+")
PLS_LINE = re.compile(r"\s*(File|Title)(\d+)\s*=(.*)", re.IGNORECASE)
HLS_MARK = "#EXT-X-"


def read_m3u(path: Path, text: str) -> list[Entry]:
    """A path or link on each line; `#EXTINF:seconds,Artist - Title` describes the next one.

    Raises MoodError("list_unreadable") for a stream (HLS), which is one recording in many pieces.
    """
    if HLS_MARK in text:
        raise MoodError("list_unreadable", f"{path} is an HLS stream, not a list of songs. Name complete files.")
    entries, info = [], ""
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if line.upper().startswith("#EXTINF:"):
            info = line.partition(",")[2]
        elif line and not line.startswith("#"):
            artist, title = _artist_and_title(info)
            entries.append(Entry(path.name, number, line, path.parent, artist=artist, title=title))
            info = ""
    return entries


def read_pls(path: Path, text: str) -> list[Entry]:
    """The entries `FileN=` in numeric order, with `TitleN=`. The row is the number."""
    entries_by_kind: dict[str, dict[int, str]] = {"file": {}, "title": {}}
    for line in text.splitlines():
        if match := PLS_LINE.match(line):
            entries_by_kind[match[1].lower()][int(match[2])] = match[3].strip()
    entries = []
    for number, place in sorted(entries_by_kind["file"].items()):
        if place:
            artist, title = _artist_and_title(entries_by_kind["title"].get(number, ""))
            entries.append(Entry(path.name, number, place, path.parent, artist=artist, title=title))
    return entries


def read_xspf(path: Path, text: str) -> list[Entry]:
    """The first location of each track, with creator and title. The row is the track number from 1.

    Raises MoodError("list_unreadable") for invalid XML, or XML with a DOCTYPE or entities.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise MoodError(
            "list_unreadable", f"{path} has a DOCTYPE or entities, which playlists do not need. Remove them."
        )
    try:
        root = ElementTree.fromstring(re.sub(r"^\s*<\?xml.*?\?>", "", text))  # noqa: S314 - no entities, see above
    except ElementTree.ParseError as error:
        raise MoodError("list_unreadable", f"{path} is not XML ({error}). Save the playlist again.") from error
    return list(_tracks(path, root))


def _tracks(path: Path, root: ElementTree.Element) -> Iterator[Entry]:
    tracks = [element for element in root.iter() if _name(element) == "track"]
    for number, track in enumerate(tracks, start=1):
        fields: dict[str, str] = {}
        for element in track:
            fields.setdefault(_name(element), " ".join((element.text or "").split()))
        if place := fields.get("location"):
            place = place if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", place) else unquote(place)
            yield Entry(
                path.name, number, place, path.parent, artist=fields.get("creator", ""), title=fields.get("title", "")
            )


def _name(element: ElementTree.Element) -> str:
    """The tag without its namespace, which not all programs write."""
    return str(element.tag).rpartition("}")[2]


def _artist_and_title(info: str) -> tuple[str, str]:
    parts = DASH.split(info.strip(), maxsplit=1)
    return (parts[0], parts[1]) if len(parts) == 2 else ("", parts[0])
