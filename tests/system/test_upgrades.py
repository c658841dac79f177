"""An installation of any earlier version becomes one of this version, with every row, in both databases."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.conftest import program
from tests.system.product import ROOT, environment
from tests.system.servers import running_postgres


def upgraded(data_dir: Path, **settings: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.system.old_installations"],
        cwd=ROOT,
        env=environment(DATA_DIR=str(data_dir), DJANGO_SETTINGS_MODULE="mmc.settings", **settings),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def migrations() -> list[str]:
    return sorted(path.stem for path in (ROOT / "classifier" / "migrations").glob("0*.py"))


@pytest.mark.timeout(1800)
def test_every_earlier_state_of_the_tables_is_upgraded_in_sqlite(tmp_path: Path) -> None:
    assert upgraded(tmp_path / "var") == [f"{name} upgraded" for name in migrations()]


@pytest.mark.timeout(1800)
def test_every_earlier_state_of_the_tables_is_upgraded_in_postgres(tmp_path: Path) -> None:
    with running_postgres(Path(program("initdb")).parent, "mood", "secret", "mood") as port:
        url = f"postgres://mood:secret@127.0.0.1:{port}/mood"
        assert upgraded(tmp_path / "var", DATABASE_URL=url) == [f"{name} upgraded" for name in migrations()]
