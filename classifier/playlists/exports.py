"""Playlists as files: M3U8, JSPF and CSV."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from classifier.library.exports.csv_text import csv_table
from classifier.models import Playlist, Song, SongLocation, SourceKind

CSV_COLUMNS = ("position", "title", "artist", "album", "year", "duration_s", "path", "reason", "id")


@dataclass(frozen=True)
class Track:
    song: Song
    reason: str
    path: str
    """Relative to the folder of its source; as a music server tells it; of an upload, the name of its file."""


def tracks(playlist: Playlist) -> list[Track]:
    """The songs of a playlist that are not in the bin, in order."""
    entries = list(playlist.entries.filter(song__deleted_at=None).select_related("song"))
    paths = _paths([entry.song_id for entry in entries])
    return [Track(entry.song, entry.reason, paths.get(entry.song_id) or entry.song.file_name) for entry in entries]


def m3u8(name: str, songs: Sequence[Track]) -> str:
    """UTF-8 without a byte order mark, lines that end with LF."""
    lines = ["#EXTM3U", f"#PLAYLIST:{_line(name)}"]
    for track in songs:
        by = f"{track.song.artist} - " if track.song.artist else ""
        # -1 is an unknown length.
        seconds = -1 if track.song.duration_s is None else round(track.song.duration_s)
        path = _line(track.path)
        # A line that begins with # would be a comment.
        lines += [f"#EXTINF:{seconds},{_line(by + track.song.display_title)}", f"./{path}" if path[:1] == "#" else path]
    return "\n".join(lines) + "\n"


def jspf(playlist: Playlist, songs: Sequence[Track]) -> str:
    """See https://xspf.org/jspf. Times are in milliseconds; what is not known is left out."""
    content = {
        "title": playlist.name,
        "annotation": playlist.description,
        "date": playlist.refreshed_at.isoformat() if playlist.refreshed_at else "",
        "track": [
            _filled(
                {
                    "title": track.song.display_title,
                    "creator": track.song.artist,
                    "album": track.song.album,
                    "duration": None if track.song.duration_s is None else round(1000 * track.song.duration_s),
                    "identifier": [f"urn:uuid:{track.song.id}"],
                    "location": [quote(track.path)],
                    "annotation": track.reason,
                }
            )
            for track in songs
        ],
    }
    return json.dumps({"playlist": _filled(content)}, ensure_ascii=False, indent=2) + "\n"


def csv_lines(songs: Sequence[Track]) -> Iterator[str]:
    rows = (
        {
            "position": position,
            "title": track.song.display_title,
            "artist": track.song.artist,
            "album": track.song.album,
            "year": track.song.year,
            "duration_s": track.song.duration_s,
            "path": track.path,
            "reason": track.reason,
            "id": str(track.song.id),
        }
        for position, track in enumerate(songs, 1)
    )
    return csv_table(CSV_COLUMNS, rows)


def _paths(song_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Where each song lies: in a folder rather than on a server, and there in the oldest location."""
    places = SongLocation.objects.filter(song__in=song_ids, missing_since=None, is_ignored=False).exclude(path="")
    paths: dict[UUID, tuple[bool, str]] = {}
    for song_id, kind, path in places.order_by("id").values_list("song_id", "source__kind", "path"):
        is_file = kind == SourceKind.FOLDER
        if song_id is not None and (song_id not in paths or (is_file and not paths[song_id][0])):
            paths[song_id] = (is_file, path.replace("\\", "/") if not is_file else path)
    return {song_id: path for song_id, (_, path) in paths.items()}


def _line(text: str) -> str:
    return " ".join(text.splitlines())


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}
