"""The library of a person as JSON lines from which another installation makes the same one: songs with whole results,
covers, playlists and recalibrations. `classifier/account_import/` reads them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from classifier.library.exports.csv_text import csv_table
from classifier.library.exports.song_rows import song_rows
from classifier.library.song_list import in_chunks
from classifier.models import NAME_FIELDS, Analysis, Cover, Person, Playlist, Recalibration, Song, Verdict
from classifier.serializers import iso_timestamp

FORMAT = 1
"""Of the archive. A reader refuses a larger number."""
ACCOUNT = "account.json"
SONGS = "library/songs.jsonl"
COVERS = "library/covers.jsonl"
PLAYLISTS = "library/playlists.jsonl"
RECALIBRATIONS = "library/recalibrations.jsonl"
AUDIO, PLAYABLE = "audio", "playable"

CHUNK_SIZE = 50
"""Songs that are read at once, with all of their segments."""
SONG_FIELDS = (
    "file_name", "sha256", "audio_hash", "size_bytes", "duration_s", *NAME_FIELDS, "tags", "verdict", "actual_primary",
    "actual_secondary", "status", "error_code", "error_message", "warnings",
)  # fmt: skip
SONG_TIMES = ("created_at", "deleted_at", "edited_at", "verdict_at", "finished_at")
CORRECTION_COLUMNS = (
    "id", "sha256", "audio_hash", "path", "file_name", "title", "artist", "verdict", "verdict_at", "actual_primary",
    "actual_secondary",
)  # fmt: skip


def song_lines(person: Person) -> Iterator[str]:
    """Every song with all of its results, those in the bin too."""
    rows = Song.objects.select_related("cover_image").prefetch_related("analyses__detail", "locations")
    for song in in_chunks(Song.objects.stored_by(person).newest_first(), rows, size=CHUNK_SIZE):
        yield _line(_song(song))


def cover_lines(person: Person) -> Iterator[str]:
    for cover in Cover.objects.filter(owner=person).iterator(chunk_size=20):
        yield _line({"sha256": cover.sha256, "image": base64.b64encode(bytes(cover.large)).decode("ascii")})


def playlist_lines(person: Person) -> Iterator[str]:
    for playlist in Playlist.objects.filter(owner=person):
        songs = playlist.entries.values_list("song_id", "reason")
        yield _line(
            {
                "name": playlist.name,
                "description": playlist.description,
                "rule": playlist.rule,
                "is_nightly": playlist.is_nightly,
                "created_at": iso_timestamp(playlist.created_at),
                "songs": [{"id": str(song_id), "reason": reason} for song_id, reason in songs],
            }
        )


def recalibration_lines(person: Person) -> Iterator[str]:
    for one in Recalibration.objects.filter(owner=person).order_by("number"):
        names = ("number", "base_version", "kind", "state", "message", "is_active", "parameters", "figures")
        times = ("created_at", "fitted_at")
        yield _line(
            {name: getattr(one, name) for name in names} | {name: iso_timestamp(getattr(one, name)) for name in times}
        )


def correction_lines(person: Person) -> Iterator[str]:
    """The songs that the person judged, as “Import corrections” reads them."""
    judged = Song.objects.for_owner(person).exclude(verdict=Verdict.NONE).newest_first()
    rows = ({name: row[name] for name in CORRECTION_COLUMNS} for row in song_rows(judged))
    return csv_table(CORRECTION_COLUMNS, rows)


def member_name(kind: str, song: Song) -> str:
    """Where a file of a song lies in the archive."""
    name = Path(song.file_name).name.replace("\\", "_") or "song"
    return f"{kind}/{song.id}/{name}"


def _song(song: Song) -> dict[str, Any]:
    return {
        "id": str(song.id),
        **{name: getattr(song, name) for name in SONG_FIELDS},
        **{name: iso_timestamp(getattr(song, name)) for name in SONG_TIMES},
        "cover": song.cover_image.sha256 if song.cover_image else "",
        "places": [{"source": str(one.source_id), "path": str(one)} for one in song.locations.all()],
        "results": [_result(analysis) for analysis in song.analyses.all()],
    }


def _result(analysis: Analysis) -> dict[str, Any]:
    return {
        "model_version": analysis.model_version,
        "is_current": analysis.is_current,
        "created_at": iso_timestamp(analysis.created_at),
        "answer": analysis.detail.answer,
        "segments": analysis.detail.segments,
        "waveform": analysis.detail.waveform,
    }


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
