"""Rows as a Parquet file, written in groups of rows, so that its length needs no memory. pyarrow is optional:
requirements-parquet.txt."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from itertools import islice
from typing import Any

from classifier.errors import ProductError

GROUP_ROWS = 2000

# Every other column is a float.
TEXTS = frozenset(
    {
        *("id", "song_id", "path", "title", "artist", "album", "album_artist", "music_genre", "file_name", "status"),
        *("error_code", "mood", "primary", "secondary", "joined_by", "genre", "model_version", "verdict"),
        *("actual_mood", "actual_primary", "actual_secondary", "sha256", "audio_hash", "musicbrainz_trackid"),
        "vocabulary",
    }
)
INTEGERS = frozenset({"year", "segment"})
BOOLEANS = frozenset({"certain", "silent"})
TIMES = frozenset({"created_at", "finished_at", "verdict_at"})


def parquet_installed() -> bool:
    return importlib.util.find_spec("pyarrow") is not None


def parquet_blocks(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """The bytes of the file. Raises ProductError, before the first one, where pyarrow is not installed."""
    if not parquet_installed():
        raise ProductError(
            "parquet_missing",
            "This server cannot write Parquet, since pyarrow is not installed: use CSV or JSON Lines, or install "
            "requirements-parquet.txt.",
            HTTPStatus.NOT_IMPLEMENTED,
        )
    return _blocks(columns, iter(rows))


def _blocks(columns: Sequence[str], rows: Iterator[Mapping[str, Any]]) -> Iterator[bytes]:
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    schema = pyarrow.schema([(name, _type(pyarrow, name)) for name in columns])
    sink = _Sink()
    file = pyarrow.PythonFile(sink, mode="w")
    with ParquetWriter(file, schema, compression="zstd") as writer:
        while group := list(islice(rows, GROUP_ROWS)):
            arrays = [pyarrow.array([row.get(field.name) for row in group], field.type) for field in schema]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))
            yield sink.take()
    yield sink.take()


def _type(pyarrow: Any, name: str) -> Any:
    if name in TEXTS:
        return pyarrow.string()
    if name in INTEGERS:
        return pyarrow.int32()
    if name in BOOLEANS:
        return pyarrow.bool_()
    return pyarrow.timestamp("ms", tz="UTC") if name in TIMES else pyarrow.float64()


class _Sink:
    """A file that cannot seek, and that gives away what was written to it."""

    closed = False

    def __init__(self) -> None:
        self._blocks: list[bytes] = []

    def write(self, data: Any) -> int:
        self._blocks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True

    def take(self) -> bytes:
        data = b"".join(self._blocks)
        self._blocks.clear()
        return data
