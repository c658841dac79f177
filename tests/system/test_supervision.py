"""The supervisor, with small programs in the place of the real ones."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mmc.supervision import Patience, Program, Supervisor
from tests.system.processes import all_gone, wait_for

QUICK = Patience(first_delay_s=0.05, longest_delay_s=0.2, well_after_s=60, grace_s=1)


def python(name: str, code: str) -> Program:
    return Program(name, [sys.executable, "-u", "-c", code])


class Watched:
    """A supervisor that is stopped as soon as `until` holds, or fails the test after ten seconds."""

    def __init__(self, tmp_path: Path, *programs: Program, patience: Patience = QUICK) -> None:
        self.said: list[str] = []
        self.logs = tmp_path / "log"
        self.supervisor = Supervisor(list(programs), log_dir=self.logs, say=self.said.append, patience=patience)

    def run(self, until: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10

        def look() -> None:
            if until():
                self.supervisor.stop()
            elif time.monotonic() > deadline:
                pytest.fail(f"It did not come to that; said so far: {self.said}")

        self.supervisor.run(on_tick=look)

    def log(self, name: str) -> str:
        path = self.logs / f"{name}.log"
        return path.read_text() if path.exists() else ""


def test_what_a_program_says_is_kept_in_its_log(tmp_path: Path) -> None:
    watched = Watched(
        tmp_path,
        python("talker", "print('a line\\nand half a', end=''); import time; time.sleep(60)"),
    )
    watched.run(until=lambda: "a line" in watched.log("talker"))
    assert watched.log("talker") == "a line\nand half a\n"
    assert watched.said == ["Stopping …"]


def test_a_program_that_died_is_started_again_and_its_last_words_are_told(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    watched = Watched(
        tmp_path,
        python("worker", f"open({str(starts)!r}, 'a').write('x'); print('no more memory'); raise SystemExit(3)"),
    )
    watched.run(until=lambda: starts.exists() and len(starts.read_text()) >= 3)
    assert watched.said[0].startswith("The worker stopped with exit status 3 and starts again in 0.05 s; see ")
    assert watched.said[1] == "    no more memory"
    assert "starts again in 0.1 s" in watched.said[2]


def test_a_program_that_keeps_dying_is_not_started_ever_more_slowly(tmp_path: Path) -> None:
    watched = Watched(tmp_path, python("worker", "raise SystemExit(1)"))
    watched.run(until=lambda: len(watched.said) >= 5)
    assert "starts again in 0.2 s" in watched.said[-2]


def test_a_killed_program_takes_its_children_along_before_it_is_started_again(tmp_path: Path) -> None:
    family = tmp_path / "family"
    code = (
        "import os, subprocess, time\n"
        "child = subprocess.Popen(['sleep', '60'])\n"
        f"open({str(family)!r}, 'a').write(f'{{os.getpid()}} {{child.pid}}\\n')\n"
        "time.sleep(60)"
    )
    killed: list[int] = []

    def second_start() -> bool:
        lines = family.read_text().splitlines() if family.exists() else []
        if lines and not killed:
            killed.append(int(lines[0].split()[1]))
            os.kill(int(lines[0].split()[0]), 9)
        return len(lines) == 2

    watched = Watched(tmp_path, python("worker", code))
    watched.run(until=second_start)
    assert "was ended by signal 9" in watched.said[0]
    pids = [int(pid) for pid in family.read_text().split()]
    wait_for(lambda: all_gone(pids), timeout_s=5, what="end of every parent and child")


def test_stopping_ends_a_program_that_does_not_listen_and_its_children(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    code = (
        "import os, signal, subprocess, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen(['sleep', '60'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}} ')\n"
        "time.sleep(60)"
    )
    watched = Watched(tmp_path, python("deaf", code))
    watched.run(until=lambda: pids.exists() and len(pids.read_text().split()) == 2)
    family = [int(pid) for pid in pids.read_text().split()]
    wait_for(lambda: all_gone(family), timeout_s=5, what="end of the deaf program and its child")


def test_a_program_that_is_asked_to_stop_may_say_goodbye(tmp_path: Path) -> None:
    code = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('goodbye'), sys.exit()))\n"
        "print('ready'); time.sleep(60)"
    )
    watched = Watched(tmp_path, python("polite", code))
    watched.run(until=lambda: "ready" in watched.log("polite"))
    assert watched.log("polite") == "ready\ngoodbye\n"
