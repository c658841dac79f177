"""`make audit`, with programs in the place of pip-audit and npm: the services that they ask are not always there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.system.product import ROOT


def make_audit(folder: Path, pip_audit: int = 0, npm: int = 0) -> tuple[int, list[str]]:
    """Exit status and the calls of both programs, which exit with the given status."""
    calls = folder / "calls"
    for path, status in ((folder / "venv/audit/bin/pip-audit", pip_audit), (folder / "bin/npm", npm)):
        path.parent.mkdir(parents=True)
        path.write_text(f'#!/bin/sh\necho "{path.name} $*" >> {calls}\nexit {status}\n')
        path.chmod(0o755)
    process = subprocess.run(
        ["make", "--silent", "--assume-old=setup", "audit", f"VENV={folder / 'venv'}"],
        cwd=ROOT,
        env={"PATH": f"{folder / 'bin'}:{os.environ['PATH']}"},
        capture_output=True,
        check=False,
    )
    return process.returncode, calls.read_text().splitlines()


def test_both_audits_read_the_files_with_the_pins(tmp_path: Path) -> None:
    status, (python, javascript) = make_audit(tmp_path)
    assert status == 0
    assert python.startswith("pip-audit --requirement constraints.txt --no-deps")
    assert javascript == "npm audit --package-lock-only"


@pytest.mark.parametrize(("pip_audit", "npm"), [(1, 0), (0, 1), (1, 1)])
def test_a_vulnerability_of_either_fails_and_both_are_looked_up(tmp_path: Path, pip_audit: int, npm: int) -> None:
    status, calls = make_audit(tmp_path, pip_audit, npm)
    assert status != 0
    assert len(calls) == 2


def test_the_workflow_runs_the_audit_each_week() -> None:
    # YAML 1.1 reads the key `on` as true.
    workflow = yaml.safe_load((ROOT / ".github/workflows/audit.yml").read_text())
    assert workflow[True]["schedule"]
    assert {"run": "make audit"} in workflow["jobs"]["audit"]["steps"]
