"""A short form of `make fuzz`, and that it notices every kind of fault."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.fuzz import runner
from tests.fuzz.child import damaged
from tests.fuzz.runner import Fuzzer
from tests.fuzz.seeds import FILES, FORMS, TUS, write_seeds

SEED, COUNT = 14, 300

# Answers like tests.fuzz.child, but does a different wrong thing for each number.
MISBEHAVING = """
import json, os, sys, time
print("ready", flush=True)
for line in sys.stdin:
    answer = {"kind": "files", "name": "a.wav", "outcome": "done", "problem": "", "cpu_s": 0.1, "memory_mb": 1.0}
    match int(line):
        case 1: os.abort()
        case 2: time.sleep(600)
        case 3: answer["problem"] = "ValueError: no"
        case 4: answer["cpu_s"] = 11.0
        case 5: answer["memory_mb"] = 3100.0
    print(json.dumps(answer), flush=True)
"""


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzz") / "seeds"
    write_seeds(folder)
    return folder


@pytest.mark.timeout(900)
def test_no_damaged_input_is_more_than_an_error_to_the_product(seeds: Path, tmp_path: Path) -> None:
    report = Fuzzer(seeds, SEED, tmp_path).run(range(COUNT))
    assert report.findings == []
    assert report.inputs == COUNT
    assert {kind for kind, _ in report.outcomes} == {FILES, FORMS, TUS}
    # Damage that nothing notices and damage that nothing survives would both test little.
    assert (
        0.1 < report.outcomes[FILES, "done"] / sum(n for (kind, _), n in report.outcomes.items() if kind == FILES) < 0.9
    )


def test_a_crash_a_hang_an_exception_and_a_waste_are_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "HUNG_AFTER_S", 3.0)
    report = Fuzzer(tmp_path, 0, tmp_path, [sys.executable, "-c", MISBEHAVING]).run(range(7))
    problems = {finding.number: finding.problem for finding in report.findings}
    assert problems.keys() == {1, 2, 3, 4, 5}
    assert problems[1].startswith("The process ended with -6.")
    assert problems[2].startswith("There was no answer within")
    assert problems[3] == "ValueError: no"
    assert "11.0 s of CPU time" in problems[4]
    assert "3100 MB" in problems[5]
    assert report.inputs == 7


def test_the_same_seed_and_number_make_the_same_input(seeds: Path) -> None:
    assert damaged(seeds, SEED, 7) == damaged(seeds, SEED, 7)
    assert len({damaged(seeds, SEED, number) for number in range(50)}) == 50
