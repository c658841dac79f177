"""A song whose worker is killed during its analysis ends as done, with either broker."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import sounds
from tests.system.clients import ApiClient, first_visit
from tests.system.processes import all_gone, wait_for
from tests.system.product import RunningProduct
from tests.system.set_ups import BROKERS, broker

# A lost song is noticed after seconds. On a busy machine a heartbeat may be late, which costs the song an attempt.
SETTINGS = {"LEASE_S": "3", "REQUEUE_AFTER_S": "2", "MAX_ATTEMPTS": "20"}


@pytest.fixture(scope="module", params=BROKERS)
def product(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProduct]:
    folder = tmp_path_factory.mktemp("killed")
    with (
        broker(request.param, folder) as settings,
        RunningProduct(folder / "var", **SETTINGS, **settings) as product,
    ):
        yield product


@pytest.fixture(scope="module")
def client(product: RunningProduct) -> ApiClient:
    return first_visit(product.address)


def long_song(folder: Path, minutes: float) -> Path:
    """Long enough to be interrupted; each length is a different song."""
    return sounds.write_long(folder / "long.mp3", 60 * minutes)


@pytest.mark.timeout(900)
def test_a_song_ends_as_done_after_the_worker_child_was_killed(
    product: RunningProduct, client: ApiClient, tmp_path: Path
) -> None:
    song = client.submit(long_song(tmp_path, 15))
    client.wait_until_running(song["id"])
    child, worker = product.worker_child(), product.worker()
    os.kill(child, signal.SIGKILL)
    assert client.wait_until_finished(song["id"])["status"] == "done", product.log("worker")
    assert product.worker() == worker
    assert product.worker_child() != child


@pytest.mark.timeout(900)
def test_a_song_ends_as_done_after_the_whole_worker_was_killed(
    product: RunningProduct, client: ApiClient, tmp_path: Path
) -> None:
    song = client.submit(long_song(tmp_path, 16))
    client.wait_until_running(song["id"])
    worker, child = product.worker(), product.worker_child()
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: all_gone([worker, child]), what="end of the worker and its child")
    assert client.wait_until_finished(song["id"])["status"] == "done", product.log("worker")
    assert "The worker was killed by signal 9" in product.output()


@pytest.mark.timeout(900)
def test_a_song_that_was_running_when_the_server_stopped_is_done_after_the_next_start(tmp_path: Path) -> None:
    with RunningProduct(tmp_path / "var", **SETTINGS) as product:
        client = first_visit(product.address)
        song = client.submit(long_song(tmp_path, 17))
        client.wait_until_running(song["id"])
        product.process.send_signal(signal.SIGINT)
        assert product.process.wait() == 0
    with RunningProduct(tmp_path / "var", **SETTINGS) as product:
        client = ApiClient(product.address, client.headers["Authorization"].removeprefix("Bearer "))
        assert client.wait_until_finished(song["id"])["status"] == "done", product.log("worker")
