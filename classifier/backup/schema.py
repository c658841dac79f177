"""Which migrations a database has: rows only fit into the tables that they come from."""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from classifier.backup.archive import ArchiveError

Targets = list[tuple[str, str]]


def applied_migrations() -> dict[str, list[str]]:
    applied: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        applied.setdefault(app, []).append(name)
    return applied


def migrate_to(applied: dict[str, list[str]], version: str) -> Apps:
    """Bring the database to the migrations of a backup. Returns the models of that time.

    Raises ArchiveError if this installation lacks some of them.
    """
    executor = MigrationExecutor(connection)
    wanted = {(app, name) for app, names in applied.items() for name in names}
    known = set(executor.loader.graph.nodes)
    if unknown := sorted(wanted - known):
        app, name = unknown[0]
        raise ArchiveError(
            f"The backup was made by Countermood {version}, which is newer than this one: it has the migration "
            f"{app}.{name}. Install that version or a newer one, then restore it."
        )
    targets = _last_of(wanted, executor)
    try:
        executor.migrate(targets)
    except IrreversibleError as error:
        raise ArchiveError(
            f"The backup is older than the tables of this database, which cannot go back ({error}): "
            "restore it into a database without tables, such as that of a new DATA_DIR."
        ) from error
    return MigrationExecutor(connection).loader.project_state(targets).apps


def _last_of(wanted: set[tuple[str, str]], executor: MigrationExecutor) -> Targets:
    """Of each app, the migrations that no other wanted one of it follows."""
    nodes: dict[Any, Any] = executor.loader.graph.node_map
    return sorted(
        key
        for key in wanted
        if not any(child.key in wanted and child.key[0] == key[0] for child in nodes[key].children)
    )
