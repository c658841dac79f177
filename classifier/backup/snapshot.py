"""All rows of the database at one moment, while the server goes on."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

ALIAS = "backup_snapshot"


@contextlib.contextmanager
def database_snapshot(folder: Path) -> Iterator[str]:
    """The alias of a connection whose rows do not change. `folder` has room for a copy of an SQLite database."""
    if connection.vendor == "sqlite":
        with _sqlite_copy(folder / "snapshot.sqlite3") as alias:
            yield alias
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield DEFAULT_DB_ALIAS


@contextlib.contextmanager
def _sqlite_copy(path: Path) -> Iterator[str]:
    """By SQLite's backup API, which copies a consistent state. A long read of the database itself would keep its WAL
    from shrinking."""
    connection.ensure_connection()
    copy = sqlite3.connect(path)
    try:
        connection.connection.backup(copy)
    finally:
        copy.close()
    connections.settings[ALIAS] = connections.settings[DEFAULT_DB_ALIAS] | {"NAME": str(path)}
    try:
        yield ALIAS
    finally:
        connections[ALIAS].close()
        del connections[ALIAS]
        del connections.settings[ALIAS]
