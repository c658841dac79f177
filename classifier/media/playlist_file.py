"""A playlist as a file."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

from classifier.models import Playlist
from classifier.playlists.exports import csv_lines, jspf, m3u8, tracks
from classifier.playlists.smart_playlist import smart_playlist

MEDIA_TYPES = {
    "m3u8": "application/vnd.apple.mpegurl",
    "nsp": "application/json",
    "jspf": "application/jspf+json",
    "csv": "text/csv; charset=utf-8",
}


def playlist_file(playlist: Playlist, kind: str) -> HttpResponse:
    """`kind` is one of MEDIA_TYPES. Raises ProductError where the rule cannot be said in it."""
    text = _text(playlist, kind)
    name = "".join("_" if letter in '/\\:*?"<>|' else letter for letter in playlist.name).strip(". ") or "playlist"
    plain = "".join(letter if letter.isascii() and letter.isprintable() else "_" for letter in name)
    disposition = f"attachment; filename=\"{plain}.{kind}\"; filename*=UTF-8''{quote(f'{name}.{kind}', safe='')}"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return HttpResponse(text, content_type=MEDIA_TYPES[kind], headers=headers)


def _text(playlist: Playlist, kind: str) -> str:
    if kind == "nsp":
        return smart_playlist(playlist)
    songs = tracks(playlist)
    if kind == "m3u8":
        return m3u8(playlist.name, songs)
    return jspf(playlist, songs) if kind == "jspf" else "".join(csv_lines(songs))
