"""A running product, and another machine: a process with another home, which has the client and nothing else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import sounds
from tests.system.clients import owner_browser
from tests.system.processes import FAILSAFE_S
from tests.system.product import ROOT, RunningProduct, environment

CLIENT = ROOT / "countermood-client"


@dataclass
class Machine:
    """Has the client and nothing else of the project."""

    home: Path
    url: str
    token: str

    @property
    def settings(self) -> dict[str, str]:
        return environment(
            HOME=str(self.home), PYTHONPATH=str(CLIENT), COUNTERMOOD_URL=self.url, COUNTERMOOD_TOKEN=self.token
        )

    def words(self, *arguments: object) -> list[str]:
        return [sys.executable, "-m", "countermood_client.cli", *map(str, arguments)]

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """The command `countermood`."""
        return self._run(self.words(*arguments))

    def run_program(self, program: Path, *arguments: object) -> str:
        """A program of its own, which has to end well; what it printed."""
        copy = self.home / program.name
        copy.write_bytes(program.read_bytes())
        done = self._run([sys.executable, str(copy), *map(str, arguments)])
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _run(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=self.home, env=self.settings, capture_output=True, text=True, check=False,
            timeout=2 * FAILSAFE_S,
        )  # fmt: skip


@pytest.fixture(scope="package")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningProduct, str]]:
    """With a token that may do everything. Webhooks may go to this machine."""
    folder = tmp_path_factory.mktemp("client") / "var"
    with RunningProduct(folder, WEBHOOK_PRIVATE_NETWORKS="owners") as running:
        yield running, owner_browser(running.address).create_token("read write admin")


@pytest.fixture
def machine(product: tuple[RunningProduct, str], tmp_path: Path) -> Machine:
    running, token = product
    home = tmp_path / "home"
    home.mkdir()
    return Machine(home, running.address, token)


@pytest.fixture
def song(machine: Machine) -> Callable[..., Path]:
    def song(name: str, seed: int) -> Path:
        path = machine.home / name
        path.parent.mkdir(exist_ok=True)
        return sounds.write(path, sounds.music(8.0, seed=seed))

    return song
