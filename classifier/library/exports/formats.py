"""Every file that songs are exported as. All of them are streamed, so that the number of songs needs no memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import orjson
from django.utils.translation import gettext_noop

from classifier.library.exports import segment_rows as segments
from classifier.library.exports import song_rows as table
from classifier.library.exports import spotify_rows as spotify
from classifier.library.exports.acousticbrainz import acousticbrainz_objects
from classifier.library.exports.csv_text import csv_table
from classifier.library.exports.parquet_file import parquet_blocks, parquet_installed
from classifier.library.song_list import in_chunks
from classifier.models import Song
from classifier.serializers import song_json

if TYPE_CHECKING:
    from classifier.active_words import ActiveWords
    from classifier.querysets import SongQuerySet

# Valid in JSON, but some programs end a line at each of them.
LINE_ENDS_IN_JSON = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}
OBJECTS_AT_ONCE = 100
CSV, JSONL, PARQUET = "text/csv; charset=utf-8", "application/jsonl; charset=utf-8", "application/vnd.apache.parquet"

Blocks = Iterator[str] | Iterator[bytes]


class Writer(Protocol):
    def __call__(self, songs: SongQuerySet, words: ActiveWords | None = None) -> Blocks:
        """With `words`, moods are named in them; formats without names of moods ignore them."""


@dataclass(frozen=True)
class ExportFormat:
    """`kind` is the end of the address and of the file name.
    `title` and `about`, one sentence, are for the page, which translates them."""

    kind: str
    title: str
    about: str
    content_type: str
    write: Writer

    @property
    def is_available(self) -> bool:
        return self.content_type != PARQUET or parquet_installed()

    @property
    def url_name(self) -> str:
        return f"songs-{self.kind.replace('.', '-')}"


def csv_lines(songs: SongQuerySet, words: ActiveWords | None = None) -> Iterator[str]:
    """A row for each song."""
    own = table.own_model_columns()
    return csv_table((*table.COLUMNS, *own, *_words_column(words)), table.song_rows(songs, own, words))


def parquet_rows(songs: SongQuerySet, words: ActiveWords | None = None) -> Iterator[bytes]:
    """The same with types."""
    own = table.own_model_columns()
    return parquet_blocks((*table.COLUMNS, *own, *_words_column(words)), table.song_rows(songs, own, words))


def json_lines(songs: SongQuerySet, words: ActiveWords | None = None) -> Iterator[str]:
    """The objects of the API's list, one per line."""
    rows = Song.objects.with_result()
    chunks = in_chunks(songs, rows, size=OBJECTS_AT_ONCE)
    return _lines(song_json(song, with_segments=False, words=words) for song in chunks)


def segment_csv_lines(songs: SongQuerySet, words: ActiveWords | None = None) -> Iterator[str]:
    return csv_table((*segments.COLUMNS, *_words_column(words)), segments.segment_rows(songs, words))


def segment_json_lines(songs: SongQuerySet, words: ActiveWords | None = None) -> Iterator[str]:
    return _lines(segments.segment_rows(songs, words))


def segment_parquet(songs: SongQuerySet, words: ActiveWords | None = None) -> Iterator[bytes]:
    return parquet_blocks((*segments.COLUMNS, *_words_column(words)), segments.segment_rows(songs, words))


def _words_column(words: ActiveWords | None) -> tuple[str, ...]:
    return (table.VOCABULARY,) if words else ()


def _lines(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        text = orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_PASSTHROUGH_DATETIME).decode()
        yield text if text.isascii() else text.translate(LINE_ENDS_IN_JSON)


FORMATS = {
    export.kind: export
    for export in (
        ExportFormat(
            "csv",
            gettext_noop("CSV"),
            gettext_noop(
                "A row for each song: names, path, moods with confidence, all scores, 57 features, your verdict."
            ),
            CSV,
            csv_lines,
        ),
        ExportFormat(
            "jsonl",
            gettext_noop("JSON Lines"),
            gettext_noop("An object for each song, as the API’s list has it."),
            JSONL,
            json_lines,
        ),
        ExportFormat(
            "parquet",
            gettext_noop("Parquet"),
            gettext_noop("The columns of the CSV with their types, for pandas, Polars, DuckDB and R."),
            PARQUET,
            parquet_rows,
        ),
        ExportFormat(
            "segments.csv",
            gettext_noop("Segments as CSV"),
            gettext_noop("A row for each segment of about 10 seconds: its time, mood and scores."),
            CSV,
            segment_csv_lines,
        ),
        ExportFormat(
            "segments.jsonl",
            gettext_noop("Segments as JSON Lines"),
            gettext_noop("The same, an object for each segment."),
            JSONL,
            segment_json_lines,
        ),
        ExportFormat(
            "segments.parquet",
            gettext_noop("Segments as Parquet"),
            gettext_noop("The same, with types."),
            PARQUET,
            segment_parquet,
        ),
        ExportFormat(
            "spotify.csv",
            gettext_noop("Spotify-like CSV"),
            gettext_noop(
                "Valence, energy, tempo, key, mode and loudness under the names and in the ranges of "
                "Spotify’s features."
            ),
            CSV,
            lambda songs, words=None: csv_table(spotify.COLUMNS, spotify.spotify_rows(songs)),
        ),
        ExportFormat(
            "acousticbrainz.jsonl",
            gettext_noop("AcousticBrainz-like JSON"),
            gettext_noop("An object for each analysed song in the shape of AcousticBrainz’s documents."),
            JSONL,
            lambda songs, words=None: _lines(acousticbrainz_objects(songs)),
        ),
    )
}
