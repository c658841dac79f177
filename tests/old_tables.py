"""Rows in the tables of earlier versions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from classifier import ml_gateway
from tests.classifier.fake_analysis import answer, older_answer

NOON = datetime(2026, 3, 10, 12, 0, 0, 123456, tzinfo=UTC)
OLDER_MODELS = ("mood-1", "mood-2", "mood-3")


def migrate(name: str, *others: tuple[str, str]) -> Any:
    """Migrate to this migration; returns the models of that time."""
    targets = [("classifier", name), *others]
    MigrationExecutor(connection).migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


def migrate_to_latest() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes("classifier"))


def create(apps: Any, model_name: str, **values: Any) -> Any:
    """A row with those of the values that the table had at that time; None if there was no such table."""
    try:
        model = apps.get_model("classifier", model_name)
    except LookupError:
        return None
    names = {field.name for field in model._meta.get_fields()}
    return model.objects.create(**{name: value for name, value in values.items() if name in names})


def analyse(apps: Any, song: Any, moods: tuple[str, str], version: str) -> None:
    """With the words of that time: emotions or terms."""
    analysis = create(
        apps,
        "Analysis",
        song=song,
        model_version=version,
        created_at=NOON,
        name=ml_gateway.composite_name(*moods),
        primary=moods[0],
        secondary=moods[1],
        joined_by="but",
        confidence=0.7,
        secondary_confidence=0.4,
        certain=True,
        genre="CalmButEpic",
        valence=6.1,
        arousal=3.4,
        agreement=0.9,
    )
    stored = older_answer() if version in OLDER_MODELS else answer()
    create(apps, "AnalysisDetail", analysis=analysis, segments=stored.pop("segments"), answer=stored)
