"""The database: SQLite in a file, unless DATABASE_URL names another one."""

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
        configuration: dict[str, Any] = dict(dj_database_url.parse(url, conn_health_checks=True))
    except ValueError:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read; it takes postgres://user:password@host:5432/name or "
            "sqlite:////absolute/path; percent-encode special characters in the password."
        ) from None
    if url.startswith("sqlite"):
        # Web, worker and sweep write at the same time: readers never wait (WAL), writers wait for the lock (timeout),
        # and a transaction takes the lock when it begins, since SQLite refuses to upgrade it midway.
        configuration["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=67108864;",
        }
    else:
        configuration["CONN_MAX_AGE"] = 60
    return configuration
