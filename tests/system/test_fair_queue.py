"""One song does not wait for the many of somebody else: real processes, with either broker and several workers."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from tests import sounds
from tests.system.clients import ApiClient, first_visit
from tests.system.product import ROOT, RunningProduct, environment
from tests.system.set_ups import BROKERS, broker

MANY = 30
NEW_USER = """
from django.utils import timezone
from classifier.accounts.tokens import token_create
from classifier.models import Person
print(token_create(owner=Person.objects.create_user("boris"), name="a test", now=timezone.now())[1])
"""


@pytest.fixture(params=BROKERS)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    with broker(request.param, tmp_path) as settings:
        yield settings


def second_user(product: RunningProduct, settings: dict[str, str]) -> ApiClient:
    token = subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", NEW_USER],
        cwd=ROOT,
        env=environment(DATA_DIR=str(product.data_dir), **settings),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return ApiClient(product.address, token.strip().splitlines()[-1])


def order_of(product: RunningProduct) -> list[str]:
    """All songs in the order in which they were taken."""
    with closing(sqlite3.connect(product.data_dir / "db.sqlite3")) as database:
        rows = database.execute("SELECT id FROM classifier_song ORDER BY started_at").fetchall()
    return [str(UUID(song_id)) for (song_id,) in rows]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("processes", [1, 3])
def test_one_song_is_next_or_second_next_while_those_of_another_user_wait(
    settings: dict[str, str], tmp_path: Path, processes: int
) -> None:
    with RunningProduct(tmp_path / "var", WORKER_PROCESSES=str(processes), **settings) as product:
        anna = first_visit(product.address)
        boris = second_user(product, settings)
        worker = product.worker()
        os.kill(worker, signal.SIGSTOP)  # however fast this machine is, the songs wait until all are there
        many = [anna.submit(sounds.write_long(tmp_path / f"{n}.mp3", 5 + n / 10))["id"] for n in range(MANY)]
        one = boris.submit(sounds.write_long(tmp_path / "one.mp3", 4))["id"]
        os.kill(worker, signal.SIGCONT)
        for client, song_id in ((boris, one), *((anna, song_id) for song_id in many)):
            assert client.wait_until_finished(song_id)["status"] == "done"
        # Processes that claim at the same moment may be in another order than their times.
        assert order_of(product).index(one) <= processes
