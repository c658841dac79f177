"""Members train in parallel processes; finished ones are skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.training.product import parallel_training
from ml.training.product.parallel_training import Job, jobs, train_in_parallel
from ml.training.product.recipes import RECIPES


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What would have been run; a member of the 1D network fails."""
    run: list[list[str]] = []

    class Ended:
        def __init__(self, command: list[str]) -> None:
            self.returncode = int("cnn1d" in command)

    def keep(command: list[str], **_: object) -> Ended:
        run.append(command)
        return Ended(command)

    monkeypatch.setattr(parallel_training.subprocess, "run", keep)
    return run


def test_every_member_is_a_job_and_slow_ones_come_first() -> None:
    members = jobs(("cnn1d", "cnn2d"), ("0", "final"))
    starts = [job for job in members if job.member is None]
    assert starts == members[:2] == [Job("cnn2d", "start-01"), Job("cnn2d", "start-4")]
    rest = members[2:]
    assert len(rest) == len(set(rest)) == 2 * sum(map(len, RECIPES.values()))
    longest = 2 * len(RECIPES["cnn2d"])
    assert {job.network for job in rest[:longest]} == {"cnn2d"}


def test_finished_members_are_skipped(tmp_path: Path, commands: list[list[str]]) -> None:
    done = tmp_path / "cnn1d-3" / "member-0"
    done.mkdir(parents=True)
    (done / "done.json").write_text("{}")
    assert not train_in_parallel(tmp_path / "pack", ("cnn1d",), ("3",), tmp_path, 2, ["--epochs", "4"])
    assert [command[-1] for command in commands] == ["1", "2"]
    assert "--epochs" in commands[0]


def test_a_failed_member_is_reported(tmp_path: Path, commands: list[list[str]]) -> None:
    assert not train_in_parallel(tmp_path / "pack", ("cnn1d", "cnn2d"), ("0",), tmp_path, 2)
    members = [command for command in commands if "--member" in command]
    assert len(members) == sum(map(len, RECIPES.values()))  # the others were trained all the same
