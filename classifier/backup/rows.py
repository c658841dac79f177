"""Rows of tables as JSON lines, alike for every database."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO, Any

import orjson
from django.apps.registry import Apps
from django.core.management.color import no_style
from django.db import connections, models
from django.db.models.query import QuerySet
from django.utils.duration import duration_iso_string

BATCH_ROWS = 500
# Anyone who knows the key of a session is signed in.
SESSIONS = frozenset({"sessions.session", "classifier.usersession"})
# They describe processes that run now, calls of this minute, answers and files of this day, and pictures that are drawn
# again.
EPHEMERAL = frozenset(
    f"classifier.{name}"
    for name in ("workerpresence", "apicallcount", "idempotentrequest", "picture", "correctionfile")
)


def tables(apps: Apps) -> list[type[models.Model]]:
    """The models whose rows a backup has, with those that join two others."""
    every = {model._meta.label_lower: model for model in apps.get_models(include_auto_created=True)}
    return [
        model
        for label, model in sorted(every.items())
        if label not in EPHEMERAL and model._meta.managed and not model._meta.proxy and not model._meta.swapped
    ]


def rows_write(model: type[models.Model], path: Path, *, using: str) -> int:
    """Write all rows into a compressed file of JSON lines. Returns their number."""
    names = [field.attname for field in _columns(model)]
    rows = model._base_manager.using(using).order_by("pk").values_list(*names).iterator(chunk_size=BATCH_ROWS)
    count = 0
    # Without a time in its header, so that the same rows make the same file.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as file:
        for row in rows:
            file.write(orjson.dumps(dict(zip(names, row, strict=True)), default=_as_text) + b"\n")
            count += 1
    return count


def rows_read(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    with gzip.GzipFile(fileobj=stream) as file:
        for line in file:
            yield orjson.loads(line)


def rows_replace(model: type[models.Model], rows: Iterable[dict[str, Any]], *, using: str) -> int:
    """Replace all rows of a table by these, as they are: no default and no automatic date changes them."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608  (a table's name)
    fields = _columns(model)
    count = 0
    rows = iter(rows)
    while batch := [_instance(model, fields, row) for row in islice(rows, BATCH_ROWS)]:
        size = connection.ops.bulk_batch_size(fields, batch)
        for start in range(0, len(batch), size):
            # bulk_create() would set automatic values again; there is no public way that does not.
            part = batch[start : start + size]
            QuerySet(model)._insert(part, fields=fields, using=using, raw=True)  # type: ignore[attr-defined]
        count += len(batch)
    return count


def sequences_reset(every: Sequence[type[models.Model]], *, using: str) -> None:
    """New rows get ids behind those of the restored ones (PostgreSQL)."""
    with connections[using].cursor() as cursor:
        for statement in connections[using].ops.sequence_reset_sql(no_style(), list(every)):
            cursor.execute(statement)


def _columns(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]


def _instance(model: type[models.Model], fields: Sequence[Any], row: dict[str, Any]) -> models.Model:
    values = {field.attname: field.to_python(row[field.attname]) for field in fields if field.attname in row}
    return model(**values)


def _as_text(value: Any) -> Any:
    """What orjson does not know, as the fields' to_python() reads it."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    raise TypeError(f"A backup cannot store a {type(value).__name__}.")
