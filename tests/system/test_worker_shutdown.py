"""A worker that is asked to stop finishes its song or gives it back at once, with either broker."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from tests import sounds
from tests.system.clients import ApiClient, first_visit
from tests.system.processes import all_gone, wait_for
from tests.system.product import RunningProduct
from tests.system.set_ups import BROKERS, broker

# Far beyond the time of a test: a song that waited for one of these would never be done.
NEVER = {"LEASE_S": "600", "REQUEUE_AFTER_S": "3600"}


@pytest.fixture(params=BROKERS)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    with broker(request.param, tmp_path) as settings:
        yield {**NEVER, **settings}


def attempts(product: RunningProduct, song_id: str) -> int:
    with closing(sqlite3.connect(product.data_dir / "db.sqlite3")) as database:
        query = "SELECT attempts FROM classifier_song WHERE id = ?"
        return database.execute(query, [UUID(song_id).hex]).fetchone()[0]


def running_song(client: ApiClient, folder: Path) -> str:
    song = client.submit(sounds.write_long(folder / "long.mp3", 60 * 15))
    client.wait_until_running(song["id"])
    return song["id"]


@pytest.mark.timeout(900)
def test_a_song_that_cannot_be_finished_is_given_back_and_taken_at_once(
    settings: dict[str, str], tmp_path: Path
) -> None:
    with RunningProduct(tmp_path / "var", WORKER_SHUTDOWN_GRACE_S="0", **settings) as product:
        client = first_visit(product.address)
        song_id = running_song(client, tmp_path)
        worker, child = product.worker(), product.worker_child()
        os.kill(worker, signal.SIGTERM)
        wait_for(lambda: all_gone([worker, child]), what="end of the worker")
        assert client.wait_until_finished(song_id)["status"] == "done", product.log("worker")
        assert "is given back to the queue" in product.log("worker")
        assert attempts(product, song_id) == 1, "the interrupted attempt counted"
        assert product.worker() != worker


@pytest.mark.timeout(900)
def test_a_song_that_can_be_finished_is_finished_and_the_waiting_one_is_not_lost(
    settings: dict[str, str], tmp_path: Path
) -> None:
    with RunningProduct(tmp_path / "var", WORKER_SHUTDOWN_GRACE_S="600", **settings) as product:
        client = first_visit(product.address)
        song_id = running_song(client, tmp_path)
        # The worker has taken the message of this one from the broker already.
        waiting = client.submit(sounds.write_long(tmp_path / "next.mp3", 20))["id"]
        worker = product.worker()
        os.kill(worker, signal.SIGTERM)
        wait_for(lambda: all_gone([worker]), what="end of the worker")
        assert client.song(song_id)["status"] == "done", product.log("worker")
        assert client.wait_until_finished(waiting)["status"] == "done", product.log("worker")
        assert (attempts(product, song_id), attempts(product, waiting)) == (1, 1)


@pytest.mark.timeout(900)
def test_ctrl_c_gives_the_song_back_and_the_next_start_takes_it_at_once(
    settings: dict[str, str], tmp_path: Path
) -> None:
    with RunningProduct(tmp_path / "var", **settings) as product:
        client = first_visit(product.address)
        song_id = running_song(client, tmp_path)
        product.process.send_signal(signal.SIGINT)
        assert product.process.wait() == 0
    with RunningProduct(tmp_path / "var", **settings) as product:
        client = ApiClient(product.address, client.headers["Authorization"].removeprefix("Bearer "))
        assert client.wait_until_finished(song_id)["status"] == "done", product.log("worker")
        assert attempts(product, song_id) == 1, product.log("worker")
