"""A song whose worker is killed in the middle ends as done, whichever broker carries the messages."""

import os
import signal
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests import sounds
from tests.system.compose import services
from tests.system.conftest import program
from tests.system.processes import all_gone, wait_for
from tests.system.product import Serving
from tests.system.servers import running_redis
from tests.system.visitor import Caller, newcomer

# A lost song is missed after two seconds instead of twenty.
QUICK = {"LEASE_S": "2", "REQUEUE_AFTER_S": "2"}


@pytest.fixture(scope="module", params=["file broker", "Redis"])
def serving(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("killed")
    redis = nullcontext(None)
    if request.param == "Redis":
        server, *options = services({"POSTGRES_PASSWORD": "unused"})["redis"].command
        redis = running_redis([program(server), *options], folder)
    with redis as port:
        settings = QUICK if port is None else {**QUICK, "REDIS_URL": f"redis://127.0.0.1:{port}/0"}
        with Serving(folder / "var", **settings) as serving:
            yield serving


@pytest.fixture(scope="module")
def caller(serving: Serving) -> Caller:
    return newcomer(serving.address)


def long_song(folder: Path, minutes: float) -> Path:
    """Long enough to be disturbed, and each length another song."""
    return sounds.write_long(folder / "long.mp3", 60 * minutes)


@pytest.mark.timeout(400)
def test_a_song_ends_done_though_the_workers_child_was_killed(serving: Serving, caller: Caller, tmp_path: Path) -> None:
    song = caller.submit(long_song(tmp_path, 60))
    caller.await_listening(song["id"], timeout_s=60)
    child, worker = serving.worker_child(), serving.worker()
    os.kill(child, signal.SIGKILL)
    assert caller.await_end(song["id"], timeout_s=180)["status"] == "done", serving.log("worker")
    assert serving.worker() == worker
    assert serving.worker_child() != child


@pytest.mark.timeout(400)
def test_a_song_ends_done_though_the_whole_worker_was_killed(serving: Serving, caller: Caller, tmp_path: Path) -> None:
    song = caller.submit(long_song(tmp_path, 61))
    caller.await_listening(song["id"], timeout_s=60)
    worker, child = serving.worker(), serving.worker_child()
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: all_gone([worker, child]), timeout_s=10, what="end of the worker and its child")
    assert caller.await_end(song["id"], timeout_s=180)["status"] == "done", serving.log("worker")
    assert "The worker was ended by signal 9" in serving.printed()


@pytest.mark.timeout(400)
def test_a_song_that_was_being_heard_when_the_server_stopped_is_done_after_the_next_start(
    tmp_path: Path,
) -> None:
    with Serving(tmp_path / "var", **QUICK) as serving:
        caller = newcomer(serving.address)
        song = caller.submit(long_song(tmp_path, 62))
        caller.await_listening(song["id"], timeout_s=60)
        serving.process.send_signal(signal.SIGINT)
        assert serving.process.wait(timeout=15) == 0
    with Serving(tmp_path / "var", **QUICK) as serving:
        again = Caller(serving.address, caller.headers["Authorization"].removeprefix("Bearer "))
        assert again.await_end(song["id"], timeout_s=180)["status"] == "done", serving.log("worker")
