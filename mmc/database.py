"""The database: SQLite in a file, unless DATABASE_URL names another one."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from mmc import environment as env

SCHEMES = ("postgres", "postgresql", "sqlite")


def database(default: Path) -> dict[str, Any]:
    url = env.url("DATABASE_URL", SCHEMES) or f"sqlite:///{default}"
    try:
        configuration: dict[str, Any] = dict(dj_database_url.parse(url, conn_health_checks=True))
    except ValueError:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read; it takes postgres://user:password@host:5432/name or "
            "sqlite:////absolute/path; percent-encode special characters in the password."
        ) from None
    if url.startswith("sqlite"):
        # Web, worker and sweep write at the same time: readers never wait (WAL), writers wait for the lock (timeout),
        # and a transaction takes the lock when it begins, since SQLite refuses to upgrade it midway. Temporary tables
        # stay in memory, so that no page needs room on the disk.
        configuration["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=67108864; PRAGMA temp_store=MEMORY;",
        }
    else:
        configuration["CONN_MAX_AGE"] = 60
    return configuration


def hold_open(configuration: dict[str, Any]) -> sqlite3.Connection | None:
    """An open connection to the SQLite database, to be kept by a long process.

    When the last connection closes, SQLite deletes the file through which its processes share memory. It could not
    create it again on a full disk, and even reading needs it.
    """
    if "sqlite" not in configuration["ENGINE"]:
        return None
    held = sqlite3.connect(configuration["NAME"], check_same_thread=False)
    held.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
    return held
