"""Playlists as lists of recordings: M3U, M3U8, PLS, XSPF, and plain texts with a path or a link a line.

They name no moods, but often artists and titles.
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
    """A path or a link a line; `#EXTINF:seconds,Artist - Title` says who and what the next one is.

    Raises MoodError("list_unreadable") for the list of a stream (HLS), which is one recording in many pieces.
    """
    if HLS_MARK in text:
        raise MoodError("list_unreadable", f"{path} lists the pieces of a stream, not songs; name whole files.")
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
    """The entries `FileN=` in the order of their numbers, with `TitleN=`. A row is an entry's number."""
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
    """The tracks' first locations, with creator and title. A row is a track's number, counted from 1.

    Raises MoodError("list_unreadable") where it is no XML, or brings definitions of its own.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise MoodError("list_unreadable", f"{path} holds definitions, which no playlist needs; take them out.")
    try:
        root = ElementTree.fromstring(re.sub(r"^\s*<\?xml.*?\?>", "", text))  # noqa: S314 - no definitions, see above
    except ElementTree.ParseError as error:
        raise MoodError("list_unreadable", f"{path} is not XML ({error}); save the playlist again.") from error
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
    """Without the namespace, which not every program writes."""
    return str(element.tag).rpartition("}")[2]


def _artist_and_title(info: str) -> tuple[str, str]:
    parts = DASH.split(info.strip(), maxsplit=1)
    return (parts[0], parts[1]) if len(parts) == 2 else ("", parts[0])
