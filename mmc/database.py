"""The database: SQLite in a file unless DATABASE_URL names another one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from mmc import environment as env

SCHEMES = ("postgres", "postgresql", "sqlite")


def database(default: Path) -> dict[str, Any]:
    url = env.url("DATABASE_URL", SCHEMES) or f"sqlite:///{default}"
    try:
        found: dict[str, Any] = dict(dj_database_url.parse(url, conn_health_checks=True))
    except ValueError:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read; it takes postgres://user:password@host:5432/name or "
            "sqlite:////absolute/path, with what is special in a password written as %XX."
        ) from None
    if url.startswith("sqlite"):
        # Web, worker and sweep write beside each other: readers do not wait (WAL), a writer waits its turn (timeout),
        # and a transaction takes the turn when it begins, since one that asks for it midway is refused at once.
        found["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=67108864;",
        }
    else:
        found["CONN_MAX_AGE"] = 60
    return found
