"""A song that takes too long ends as too slow, once, and the worker goes on with the next one, with either broker."""

import os
import signal
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests import sounds
from tests.system.clients import ApiClient, first_visit
from tests.system.compose import services
from tests.system.conftest import program
from tests.system.processes import descendants, wait_for
from tests.system.product import RunningProduct
from tests.system.servers import running_redis

# The least that the setting takes. The short song below takes a second, and the long ones minutes.
SETTINGS = {"SONG_TIME_LIMIT_S": "10", "LEASE_S": "5", "REQUEUE_AFTER_S": "2"}


@pytest.fixture(scope="module", params=["file broker", "Redis"])
def product(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProduct]:
    folder = tmp_path_factory.mktemp("slow")
    redis = nullcontext(None)
    if request.param == "Redis":
        server, *options = services({"POSTGRES_PASSWORD": "unused"})["redis"].command
        redis = running_redis([program(server), *options], folder)
    with redis as port:
        settings = SETTINGS if port is None else {**SETTINGS, "REDIS_URL": f"redis://127.0.0.1:{port}/0"}
        with RunningProduct(folder / "var", **settings) as product:
            yield product


@pytest.fixture(scope="module")
def client(product: RunningProduct) -> ApiClient:
    return first_visit(product.address)


def analysis_process(product: RunningProduct) -> int:
    """The process that decodes and runs the networks, below the one of the worker's pool."""
    return wait_for(lambda: descendants(product.worker_child()), what="analysis process")[0]


@pytest.mark.timeout(900)
def test_a_song_that_takes_too_long_fails_once(product: RunningProduct, client: ApiClient, tmp_path: Path) -> None:
    song = client.submit(sounds.write_long(tmp_path / "long.mp3", 60 * 118))
    failed = client.wait_until_finished(song["id"])
    assert (failed["status"], failed["error"]["code"]) == ("failed", "too_slow"), product.log("worker")

    def ends() -> list[str]:
        return [line for line in product.log("worker").splitlines() if song["id"] in line and "(too_slow)" in line]

    wait_for(ends, what="line in the worker's log")
    assert len(ends()) == 1


@pytest.mark.timeout(900)
def test_an_analysis_that_hangs_is_ended_and_the_next_song_is_done(
    product: RunningProduct, client: ApiClient, tmp_path: Path
) -> None:
    song = client.submit(sounds.write_long(tmp_path / "hangs.mp3", 60 * 119))
    wait_for(lambda: client.song(song["id"])["status"] == "running", what="start of the analysis")
    process = analysis_process(product)
    os.kill(process, signal.SIGSTOP)  # from now on it answers to nothing but SIGKILL
    next_song = client.submit(sounds.write(tmp_path / "next.wav", sounds.music(4.0)))

    failed = client.wait_until_finished(song["id"])
    assert (failed["status"], failed["error"]["code"]) == ("failed", "too_slow"), product.log("worker")
    assert analysis_process(product) != process
    # On a busy machine even the short song may take ten seconds, but it has its turn.
    assert client.wait_until_finished(next_song["id"])["status"] in ("done", "failed")
    assert client.song(song["id"])["error"]["code"] == "too_slow"
