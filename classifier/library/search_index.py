"""The index of the text search: trigrams of each song's folded names, in SQLite (FTS5) or PostgreSQL (pg_trgm).

The index is derived from the column `search_text` and no part of the migrations: `ensure_index` runs after each
`migrate`, so at every start, and creates what is missing. In SQLite, triggers keep it. A migration that remakes the
table of songs drops its triggers, and `ensure_index` then builds the index again.

Without the index (a Python whose SQLite has no FTS5, a PostgreSQL without pg_trgm), a search reads all songs of the
person: slower with hundreds of thousands of songs, with the same result.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from typing import Any

from django.db import DatabaseError, connections, router, transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL

from classifier.models import Song

logger = logging.getLogger(__name__)

SHORTEST_TERM = 3
"""Characters of a term that the index can look up: it holds every three adjacent ones."""

# The text of a song is found by a number of its own: VACUUM may change the implicit row numbers of the table of songs.
SQLITE_TABLES = {
    "song_search_row": "CREATE TABLE song_search_row (id INTEGER PRIMARY KEY, song_id TEXT NOT NULL UNIQUE)",
    "song_search": "CREATE VIRTUAL TABLE song_search USING fts5(text, tokenize='trigram case_sensitive 1')",
}
SQLITE_TRIGGERS = {
    "song_search_insert": """CREATE TRIGGER song_search_insert AFTER INSERT ON classifier_song BEGIN
        INSERT INTO song_search_row (song_id) VALUES (new.id);
        INSERT INTO song_search (rowid, text) SELECT id, new.search_text FROM song_search_row WHERE song_id = new.id;
    END""",
    "song_search_update": """CREATE TRIGGER song_search_update AFTER UPDATE OF search_text ON classifier_song
    WHEN old.search_text <> new.search_text BEGIN
        UPDATE song_search SET text = new.search_text
        WHERE rowid = (SELECT id FROM song_search_row WHERE song_id = new.id);
    END""",
    "song_search_delete": """CREATE TRIGGER song_search_delete AFTER DELETE ON classifier_song BEGIN
        DELETE FROM song_search WHERE rowid = (SELECT id FROM song_search_row WHERE song_id = old.id);
        DELETE FROM song_search_row WHERE song_id = old.id;
    END""",
}
SQLITE_OBJECTS = SQLITE_TABLES | SQLITE_TRIGGERS
SQLITE_FILL = (
    "INSERT INTO song_search_row (song_id) SELECT id FROM classifier_song",
    "INSERT INTO song_search (rowid, text) SELECT song_search_row.id, classifier_song.search_text"
    " FROM song_search_row JOIN classifier_song ON classifier_song.id = song_search_row.song_id",
)
SQLITE_SEARCH = (
    "SELECT song_id FROM song_search_row WHERE id IN (SELECT rowid FROM song_search WHERE song_search MATCH %s)"
)
POSTGRES_INDEX = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX IF NOT EXISTS song_search_trigrams ON classifier_song USING gin (search_text gin_trgm_ops)",
)


def containing(terms: Sequence[str], *, using: str | None = None) -> Q:
    """Songs whose `search_text` contains each of these folded terms, which have no white space."""
    long = [term for term in terms if len(term) >= SHORTEST_TERM]
    if not long or not _has_sqlite_index(using or router.db_for_read(Song)):
        # PostgreSQL looks these conditions up in its index, if it has one.
        return Q(*(("search_text__contains", term) for term in terms))
    phrases = " AND ".join('"' + term.replace('"', '""') + '"' for term in long)
    others = [("search_text__contains", term) for term in terms if len(term) < SHORTEST_TERM]
    return Q(("id__in", RawSQL(SQLITE_SEARCH, [phrases])), *others)  # noqa: S611 (the words are a parameter)


def ensure_index(*, using: str, **kwargs: Any) -> None:
    """Create the index where it is missing or of another version. Receives the signal `post_migrate`."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if Song._meta.db_table not in connection.introspection.table_names(cursor):
            return
        columns = connection.introspection.get_table_description(cursor, Song._meta.db_table)
    if "search_text" not in {column.name for column in columns}:
        return
    if connection.vendor == "sqlite":
        _ensure_sqlite(using)
    elif connection.vendor == "postgresql":
        _ensure_postgres(using)


def has_trigram_tokenizer() -> bool:
    """Whether this Python's SQLite has FTS5 with trigrams: version 3.34 and later, unless it was built without."""
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            database.execute("CREATE VIRTUAL TABLE probe USING fts5(text, tokenize='trigram')")
        except sqlite3.OperationalError:
            return False
    return True


def _ensure_sqlite(using: str) -> None:
    usable = has_trigram_tokenizer()
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        existing = _sqlite_objects(using)
        if not usable:
            # Left in place, the triggers would make every upload fail.
            for name in SQLITE_TRIGGERS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            logger.warning(
                "The SQLite %s of this Python has no FTS5 with trigrams: searches read all songs of a person.",
                sqlite3.sqlite_version,
            )
            return
        if existing == SQLITE_OBJECTS:
            return
        for name in SQLITE_TRIGGERS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        for name in reversed(SQLITE_TABLES):
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
        for statement in (*SQLITE_TABLES.values(), *SQLITE_FILL, *SQLITE_TRIGGERS.values()):
            cursor.execute(statement)


def _ensure_postgres(using: str) -> None:
    try:
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            for statement in POSTGRES_INDEX:
                cursor.execute(statement)
    except DatabaseError as error:
        logger.warning(
            "The extension pg_trgm cannot be used (%s): searches read all songs of a person. An administrator of the "
            "database can create it: CREATE EXTENSION pg_trgm",
            str(error).strip().partition("\n")[0],
        )


def _has_sqlite_index(using: str) -> bool:
    """Asked for each search, since another process may have changed it."""
    return connections[using].vendor == "sqlite" and _fts5_loads() and _sqlite_objects(using) == SQLITE_OBJECTS


@cache
def _fts5_loads() -> bool:
    return has_trigram_tokenizer()


def _sqlite_objects(using: str) -> dict[str, str]:
    """The statements that created the parts of the index, by name."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE name LIKE 'song_search%%'", [])
        return {name: sql for name, sql in cursor.fetchall() if name in SQLITE_OBJECTS}
