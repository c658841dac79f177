"""The library as a file for other programs: CSV, or one JSON object per line.

Both have the analysis and the user's verdict, and are streamed, so that their length needs no memory.
"""

from __future__ import annotations

import csv
import json
import unicodedata
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from classifier import ml_gateway
from classifier.models import Song, Status
from classifier.querysets import MOOD_FIELDS, SCORE_FIELDS
from classifier.serializers import actual_mood, iso_timestamp, song_json

if TYPE_CHECKING:
    from classifier.querysets import SongQuerySet

CHUNK_SIZE = 200
# Excel reads a file as UTF-8 only if it begins with this; other programs ignore it.
BYTE_ORDER_MARK = "\ufeff"
# A spreadsheet runs a cell that begins with one of these as a formula; some do for full-width and minus signs as well.
FORMULA_SIGNS = frozenset("=+-@\N{MINUS SIGN}")
# Some drop these at the start of a cell, and then see what follows.
DROPPED_STARTS = ("\t", "\r", "\n")
# Letters and symbols without a glyph. Controls, spaces, marks and format characters are known by their category.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Valid in JSON, but some programs end a line at each of them.
LINE_ENDS_IN_JSON = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}

SONG_COLUMNS = ("id", "title", "artist", "file_name", "duration_s", "status", "error_code", "created_at", "finished_at")
ANALYSIS_COLUMNS = ("mood", *MOOD_FIELDS[1:], "agreement", *SCORE_FIELDS)
VERDICT_COLUMNS = ("verdict", "verdict_at", "actual_mood", "actual_primary", "actual_secondary")
# The sixteen terms, then the nine emotions; their names differ.
SONG_SCORE_COLUMNS = {"moods": tuple(ml_gateway.MOODS), "emotions": tuple(ml_gateway.EMOTIONS)}
COLUMNS = (
    *SONG_COLUMNS,
    *ANALYSIS_COLUMNS,
    *(name for names in SONG_SCORE_COLUMNS.values() for name in names),
    "model_version",
    *VERDICT_COLUMNS,
    "sha256",
)


def csv_lines(songs: SongQuerySet) -> Iterator[str]:
    """Times are in UTC; a missing value is an empty cell."""
    writer = csv.DictWriter(_Echo(), COLUMNS, restval="")
    yield BYTE_ORDER_MARK + writer.writerow(dict(zip(COLUMNS, COLUMNS, strict=True)))
    for song in _read(songs):
        yield writer.writerow({name: _cell(value) for name, value in row(song).items()})


def json_lines(songs: SongQuerySet) -> Iterator[str]:
    """The objects of the API's list, one per line."""
    for song in _read(songs):
        line = json.dumps(song_json(song, with_segments=False), ensure_ascii=False)
        yield line.translate(LINE_ENDS_IN_JSON) + "\n"


def row(song: Song) -> dict[str, Any]:
    """A song as a row of the table."""
    actual = actual_mood(song)
    values: dict[str, Any] = {
        **{name: getattr(song, name) for name in SONG_COLUMNS},
        "created_at": iso_timestamp(song.created_at),
        "finished_at": iso_timestamp(song.finished_at),
        "sha256": song.sha256,
        "verdict": song.verdict,
        "verdict_at": iso_timestamp(song.verdict_at),
        "actual_mood": actual["name"] if actual else "",
        "actual_primary": song.actual_primary,
        "actual_secondary": song.actual_secondary,
    }
    analysis = song.analysis if song.status == Status.DONE else None
    if analysis is None:
        return values
    answer: dict[str, Any] = analysis.detail.answer
    values |= {name: getattr(analysis, "name" if name == "mood" else name) for name in ANALYSIS_COLUMNS}
    for group, names in SONG_SCORE_COLUMNS.items():
        # Models before mood-4 gave no scores of the sixteen terms.
        scores = answer["scores"].get(group, {})
        values |= {name: scores.get(name) for name in names}
    return values | {"model_version": analysis.model_version}


def _read(songs: SongQuerySet) -> Iterable[Song]:
    return songs.for_export().iterator(chunk_size=CHUNK_SIZE)


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and _may_be_formula(value):
        return f"'{value}"
    return value


def _may_be_formula(text: str) -> bool:
    """Whether a spreadsheet might run a cell with this text as a formula, also after characters that nobody sees."""
    if text.startswith(DROPPED_STARTS):
        return True
    first = next((char for char in text if not _is_invisible(char)), "")
    return unicodedata.normalize("NFKC", first)[:1] in FORMULA_SIGNS


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char)[0] in "CZM" or char in BLANK


class _Echo:
    """A file that returns what is written to it."""

    def write(self, text: str) -> str:
        return text
