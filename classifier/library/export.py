"""A library as a file that other programs read: a table, or an object a line. Both show what was heard beside what
the person said, and are written while they are sent, so that their length costs no memory."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from classifier import ml_gateway
from classifier.models import MOOD_FIELDS, SCORE_FIELDS, Song, Status
from classifier.serializers import actual_mood, iso_timestamp, song_json

if TYPE_CHECKING:
    from classifier.querysets import SongQuerySet

AT_ONCE = 200
# Excel takes a file for UTF-8 only with this before it; other programs skip it.
BYTE_ORDER_MARK = "\ufeff"
# What a spreadsheet would take for a formula, and run.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

SONG = ("id", "title", "artist", "file_name", "duration_s", "status", "error_code", "created_at", "finished_at")
MOOD = ("mood", *MOOD_FIELDS[1:], "agreement", *SCORE_FIELDS)
LABELS = ("verdict", "verdict_at", "actual_mood", "actual_primary", "actual_secondary")
COLUMNS = (*SONG, *MOOD, *ml_gateway.EMOTIONS, "model_version", *LABELS, "sha256")


def csv_lines(songs: SongQuerySet) -> Iterator[str]:
    """Times in UTC; an empty cell where nothing is known."""
    writer = csv.DictWriter(_Line(), COLUMNS, restval="")
    yield BYTE_ORDER_MARK + writer.writerow(dict(zip(COLUMNS, COLUMNS, strict=True)))
    for song in _read(songs):
        yield writer.writerow({name: _cell(value) for name, value in row(song).items()})


def json_lines(songs: SongQuerySet) -> Iterator[str]:
    """The objects of the API's list, one a line."""
    for song in _read(songs):
        yield json.dumps(song_json(song, with_segments=False), ensure_ascii=False) + "\n"


def row(song: Song) -> dict[str, Any]:
    """What a table tells of a song."""
    said = actual_mood(song)
    told: dict[str, Any] = {
        **{name: getattr(song, name) for name in SONG},
        "created_at": iso_timestamp(song.created_at),
        "finished_at": iso_timestamp(song.finished_at),
        "sha256": song.sha256,
        "verdict": song.verdict,
        "verdict_at": iso_timestamp(song.verdict_at),
        "actual_mood": said["name"] if said else "",
        "actual_primary": song.actual_primary,
        "actual_secondary": song.actual_secondary,
    }
    analysis = song.analysis if song.status == Status.DONE else None
    if analysis is None:
        return told
    heard = {name: getattr(analysis, "name" if name == "mood" else name) for name in MOOD}
    shares = analysis.detail.answer["scores"]["emotions"]
    return (
        told | heard | {name: shares[name] for name in ml_gateway.EMOTIONS} | {"model_version": analysis.model_version}
    )


def _read(songs: SongQuerySet) -> Iterable[Song]:
    return songs.for_export().iterator(chunk_size=AT_ONCE)


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


class _Line:
    """Gives back what is written into it."""

    def write(self, text: str) -> str:
        return text
