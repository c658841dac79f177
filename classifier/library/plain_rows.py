"""Rows of texts and numbers of a hundred thousand songs, for charts and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db import connections
from django.db.models import Count, QuerySet

Row = tuple[Any, ...]
AT_ONCE = 1000


def plain_rows(rows: QuerySet[Any, Row]) -> Iterator[Row]:
    """The values as the database gives them: Django takes as long for so many rows as the query."""
    sql, params = rows.query.sql_with_params()
    with connections[rows.db].cursor() as cursor:
        cursor.execute(sql, params)
        while part := cursor.fetchmany(AT_ONCE):
            yield from part


def group_counts(rows: QuerySet[Any, Row]) -> dict[Row, int]:
    """How often each row occurs. SQLite sorts all rows to group them, which takes longer than to count them here."""
    if connections[rows.db].vendor == "sqlite":
        return Counter(plain_rows(rows))
    return {tuple(row): number for *row, number in rows.annotate(number=Count("*"))}
