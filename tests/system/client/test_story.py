"""A program on another machine builds a library by the API, and a second installation gets the same library."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import sounds
from tests.system.client import another_machine
from tests.system.client.conftest import Machine
from tests.system.clients import owner_browser
from tests.system.product import ROOT, RunningProduct, environment

PROGRAM = Path(another_machine.__file__)
SONGS = 50


def manage(data_dir: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment(DATA_DIR=str(data_dir), LOG_LEVEL="ERROR"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows(path: Path) -> list[dict[str, Any]]:
    parquet = pytest.importorskip("pyarrow.parquet")
    table: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return [{name: value for name, value in row.items() if name != "id"} for row in table]


@pytest.mark.timeout(1200)
def test_a_second_installation_gets_the_library_of_the_first(machine: Machine, tmp_path: Path) -> None:
    (machine.home / "songs").mkdir()
    for number in range(SONGS):
        sounds.write(machine.home / "songs" / f"story {number:02}.flac", sounds.music(3.2, seed=1000 + number))
    done = json.loads(machine.run_program(PROGRAM, "build"))
    assert done == {"songs": SONGS, "webhooks": SONGS, "corrected": another_machine.CORRECTED}
    first = rows(machine.home / "songs.parquet")
    assert len(first) == SONGS
    assert sum(row["verdict"] == "corrected" for row in first) == another_machine.CORRECTED

    with RunningProduct(tmp_path / "second") as second:
        token = owner_browser(second.address).create_token()
        report = manage(second.data_dir, "import_account", "olga", str(machine.home / "account.zip"))
        assert "added with audio" in report
        there = Machine(machine.home, second.address, token)
        reports = json.loads(there.run_program(PROGRAM, "correct"))
    assert reports == [
        [False, another_machine.CORRECTED, 0],
        [True, another_machine.CORRECTED, 0],
        [True, 0, 0],
    ]
    assert rows(machine.home / "second.parquet") == first
