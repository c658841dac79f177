"""The simulation of many hosts, in small: PostgreSQL gives each song to one of them, and indexes find it."""

import json
import subprocess
import sys

import pytest

from tests.system.product import ROOT, environment


@pytest.mark.timeout(900)
def test_hosts_that_claim_at_once_on_postgres_never_get_the_same_song() -> None:
    small = ["--songs", "3000", "--queued", "2000", "--people", "6", "--hosts", "1", "12", "--seconds", "3"]
    command = [sys.executable, "-m", "tests.scale", *small]
    report = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert report.returncode == 0, report.stderr
    *_, last = report.stdout.strip().splitlines()
    check = json.loads(last)
    assert check.pop("results") > 0
    assert check == {"claimed more than once": 0, "with one lease and another": 0}
    [claim] = [line for line in report.stdout.splitlines() if line.startswith("| who waits")]
    assert "Index Only Scan song_queued_of_owner" in claim
    assert "Seq Scan" not in claim
