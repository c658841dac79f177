"""The dashboard for Grafana and the alert rules for Prometheus ask only for metrics and labels that there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families as parse

from classifier.jobs.analyse import song_analyse
from classifier.models import WorkerPresence
from ml.errors import MoodError
from tests.architecture.sources import ROOT
from tests.classifier.conftest import Submit
from tests.classifier.fake_analysis import FakeAnalyser
from tests.classifier.test_metrics import HEADERS, TOKEN

DASHBOARD = ROOT / "docs" / "grafana-dashboard.json"
ALERTS = ROOT / "docs" / "prometheus-alerts.yml"
DOCUMENTATION = ROOT / "docs" / "monitoring.md"

METRIC = re.compile(r"\b(countermood_\w+)(?:\{([^}]*)\})?")
GROUPED = re.compile(r"\bby \(([^)]*)\)")


def expressions() -> Iterator[tuple[str, str]]:
    """The title of each panel and the name of each alert, with what it asks."""
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]
    for group in yaml.safe_load(ALERTS.read_text())["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]


@pytest.fixture
def exposed(
    client: Client, submit: Submit, analyser: FakeAnalyser, settings: Any, db: None, patient_presence: None
) -> dict[str, set[str]]:
    """The labels of every sample that /metrics has once songs have been analysed and have failed."""
    settings.METRICS_TOKEN, settings.METRICS_ENABLED = TOKEN, True
    song_analyse(song_id=submit(1).id)
    analyser.error = MoodError("audio_silent", "The audio is silent.")
    failed = submit(2)
    song_analyse(song_id=failed.id)
    failed.refresh_from_db()
    assert failed.finished_at is not None
    now = timezone.now()
    WorkerPresence.objects.create(name="celery@here", started_at=failed.finished_at, seen_at=now)
    client.get("/metrics", headers=HEADERS)  # is counted as a request
    labels: dict[str, set[str]] = {}
    from classifier.monitoring import snapshot

    snapshot.forget()
    for family in parse(client.get("/metrics", headers=HEADERS).content.decode()):
        for sample in family.samples:
            labels.setdefault(sample.name, set()).update(sample.labels)
    return labels


def test_every_expression_asks_for_metrics_and_labels_that_there_are(exposed: dict[str, set[str]]) -> None:
    wrong = []
    for title, expression in expressions():
        asked = METRIC.findall(expression)
        assert asked or "up{" in expression, title
        allowed: set[str] = {"le"}
        for name, matchers in asked:
            if name not in exposed:
                wrong.append(f"{title}: there is no {name}")
                continue
            allowed |= exposed[name]
            wrong += [
                f"{title}: {name} has no label {label}"
                for label in re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers)
                if label not in exposed[name]
            ]
        grouped = {label.strip() for group in GROUPED.findall(expression) for label in group.split(",")}
        wrong += [f"{title}: grouped by {label}" for label in grouped - allowed]
    assert wrong == []


def test_parentheses_and_braces_of_every_expression_match() -> None:
    for title, expression in expressions():
        for opening, closing in ("()", "{}", "[]"):
            assert expression.count(opening) == expression.count(closing), title
        assert expression.count('"') % 2 == 0, title


def test_every_alert_says_what_is_wrong_and_what_to_do() -> None:
    [group] = yaml.safe_load(ALERTS.read_text())["groups"]
    for rule in group["rules"]:
        assert rule["labels"]["severity"] in ("critical", "warning"), rule["alert"]
        assert rule["annotations"]["summary"].endswith("."), rule["alert"]
        assert rule["annotations"]["description"], rule["alert"]


def test_every_metric_is_described_and_every_described_one_exists(exposed: dict[str, set[str]]) -> None:
    described = set(re.findall(r"^\| `(countermood_\w+)`", DOCUMENTATION.read_text(), re.MULTILINE))
    families = {re.sub(r"_(bucket|count|sum|created)$", "", name) for name in exposed}
    assert described == families
