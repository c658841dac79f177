"""Monitoring of the running product: a worker that is lost is noticed from outside, and requests stay counted."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families as parse

from mmc import web_metrics
from tests.system.clients import ApiClient, BrowserClient, first_visit
from tests.system.processes import wait_for
from tests.system.product import RunningProduct

TOKEN = "a-token-for-these-tests"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProduct]:
    with RunningProduct(tmp_path_factory.mktemp("monitoring") / "var", METRICS_TOKEN=TOKEN) as product:
        yield product


@pytest.fixture(scope="module")
def owner(product: RunningProduct) -> ApiClient:
    return first_visit(product.address)


def metrics(product: RunningProduct) -> dict[tuple[str, ...], float]:
    """By the name of each sample and its labels, in the order of their names; empty while the web process restarts."""
    try:
        response = requests.get(f"{product.address}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)
    except requests.ConnectionError:
        return {}
    assert response.status_code == 200
    return {
        (sample.name, *(sample.labels[key] for key in sorted(sample.labels))): sample.value
        for family in parse(response.text)
        for sample in family.samples
    }


def ready(product: RunningProduct, owner: ApiClient) -> dict[str, Any]:
    return requests.get(f"{product.address}/health/ready", headers=owner.headers, timeout=30).json()


@pytest.mark.timeout(900)
def test_a_lost_worker_is_seen_on_every_side_and_so_is_its_return(product: RunningProduct, owner: ApiClient) -> None:
    browser = BrowserClient(product.address)
    browser.sign_in()

    def page() -> str:
        return browser.session.get(f"{product.address}/status/", timeout=30).text

    wait_for(lambda: metrics(product).get(("countermood_workers",)) == 1, what="worker in the metrics")
    wait_for(lambda: "Everything works." in page(), what="page on which everything works")
    worker = product.worker()
    os.kill(worker, signal.SIGSTOP)
    try:
        wait_for(lambda: metrics(product).get(("countermood_workers",)) == 0, what="lost worker in the metrics")
        [reason] = wait_for(lambda: ready(product, owner)["reasons"], what="reason of the owner")
        assert reason["code"] == "worker_missing"
        assert "No worker answers" in wait_for(
            lambda: "no heartbeat for" in (html := page()) and html, what="silent worker"
        )
    finally:
        os.kill(worker, signal.SIGCONT)
    wait_for(lambda: metrics(product).get(("countermood_workers",)) == 1, what="worker that is back")
    assert metrics(product)["countermood_worker_memory_bytes", f"celery@{os.uname().nodename}"] > 0


@pytest.mark.timeout(900)
def test_requests_stay_counted_when_a_web_process_is_killed(product: RunningProduct) -> None:
    def pages() -> float:
        return metrics(product).get(("countermood_http_request_duration_seconds_count", "GET", "/login/", "200"), 0)

    before = pages()
    for _ in range(3):
        requests.get(f"{product.address}/login/", timeout=30)
    assert pages() == before + 3
    master, *children = product.pids_of("gunicorn")
    files = metric_files(children[0])
    assert files
    os.kill(children[0], signal.SIGKILL)
    # It waits for the answer of the new process, which counts in the files of the killed one.
    wait_for(lambda: pages() >= before + 3, what="requests of the killed process")
    new = wait_for(lambda: [pid for pid in product.pids_of("gunicorn") if pid not in (master, children[0])], what="new")
    assert wait_for(lambda: metric_files(new[0]), what="files of the new process") == files


def metric_files(pid: int) -> set[str]:
    """The files in which this process counts."""
    opened = []
    for file in Path(f"/proc/{pid}/fd").iterdir():
        try:
            opened.append(os.readlink(file))
        except FileNotFoundError:
            continue
    return {path for path in opened if web_metrics.PREFIX in path and path.endswith(".db")}


def test_the_folder_of_a_killed_server_is_deleted_by_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_metrics, "MEMORY", tmp_path)
    monkeypatch.setenv(web_metrics.FOLDER, "")
    killed = tmp_path / f"{web_metrics.PREFIX}killed"
    killed.mkdir()
    (killed / web_metrics.LOCK).touch()
    server = SimpleNamespace(WORKERS={})
    web_metrics.on_starting(server)
    first = Path(os.environ[web_metrics.FOLDER])
    web_metrics.on_starting(server)
    second = Path(os.environ[web_metrics.FOLDER])
    assert set(tmp_path.iterdir()) == {first, second}  # the first still holds its lock
    web_metrics.on_exit(server)
    assert set(tmp_path.iterdir()) == {first}


def test_a_new_process_has_the_lowest_number_that_is_free() -> None:
    server = SimpleNamespace(WORKERS={1: SimpleNamespace(number=0), 2: SimpleNamespace(number=2)})
    worker = SimpleNamespace()
    web_metrics.pre_fork(server, worker)
    assert worker.number == 1
