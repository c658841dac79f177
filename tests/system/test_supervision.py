"""The supervisor, with small programs instead of the real ones."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mmc.supervision import Program, RestartPolicy, Supervisor
from tests.system.processes import FAILSAFE_S, all_gone, wait_for

POLICY = RestartPolicy(first_delay_s=0.05, max_delay_s=0.2, healthy_after_s=600, stop_timeout_s=1)


def python(name: str, code: str) -> Program:
    return Program(name, [sys.executable, "-u", "-c", code])


class SupervisorRun:
    """A supervisor that is stopped as soon as a condition holds; `reports` collects what it prints."""

    def __init__(self, tmp_path: Path, program: Program, policy: RestartPolicy = POLICY) -> None:
        self.reports: list[str] = []
        self.logs = tmp_path / "log"
        self.supervisor = Supervisor([program], log_dir=self.logs, report=self.reports.append, policy=policy)

    def run(self, until: Callable[[], bool]) -> None:
        deadline = time.monotonic() + FAILSAFE_S

        def check() -> None:
            if until():
                self.supervisor.stop()
            elif time.monotonic() > deadline:
                pytest.fail(f"The condition never held; reports: {self.reports}")

        self.supervisor.run(on_tick=check)

    def log(self, name: str) -> str:
        path = self.logs / f"{name}.log"
        return path.read_text() if path.exists() else ""


def test_the_output_of_a_program_is_written_to_its_log(tmp_path: Path) -> None:
    run = SupervisorRun(
        tmp_path,
        python("talker", "print('a line\\nand half a', end=''); import time; time.sleep(600)"),
    )
    run.run(until=lambda: "a line" in run.log("talker"))
    assert run.log("talker") == "a line\nand half a\n"
    assert run.reports == ["Stopping …"]


def test_a_program_that_exits_is_restarted_and_its_last_lines_are_reported(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    run = SupervisorRun(
        tmp_path,
        python("worker", f"open({str(starts)!r}, 'a').write('x'); print('no more memory'); raise SystemExit(3)"),
    )
    run.run(until=lambda: starts.exists() and len(starts.read_text()) >= 3)
    assert run.reports[0].startswith("The worker exited with status 3 and restarts in 0.05 s. The last lines of ")
    assert run.reports[1] == "    no more memory"
    assert "restarts in 0.1 s" in run.reports[2]


def test_the_restart_delay_stops_growing(tmp_path: Path) -> None:
    run = SupervisorRun(tmp_path, python("worker", "raise SystemExit(1)"))
    run.run(until=lambda: len(run.reports) >= 5)
    assert "restarts in 0.2 s" in run.reports[-2]


def test_the_children_of_a_killed_program_are_killed_before_its_restart(tmp_path: Path) -> None:
    pid_file = tmp_path / "pids"
    code = (
        "import os, subprocess, time\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(pid_file)!r}, 'a').write(f'{{os.getpid()}} {{child.pid}}\\n')\n"
        "time.sleep(600)"
    )
    killed: list[int] = []

    def restarted() -> bool:
        lines = pid_file.read_text().splitlines() if pid_file.exists() else []
        if lines and not killed:
            killed.append(int(lines[0].split()[1]))
            os.kill(int(lines[0].split()[0]), 9)
        return len(lines) == 2

    run = SupervisorRun(tmp_path, python("worker", code))
    run.run(until=restarted)
    assert "was killed by signal 9" in run.reports[0]
    pids = [int(pid) for pid in pid_file.read_text().split()]
    wait_for(lambda: all_gone(pids), what="end of every parent and child")


def test_a_program_that_ignores_sigterm_is_killed_with_its_children(tmp_path: Path) -> None:
    pid_file = tmp_path / "pids"
    code = (
        "import os, signal, subprocess, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(pid_file)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}} ')\n"
        "time.sleep(600)"
    )
    run = SupervisorRun(tmp_path, python("stubborn", code))
    run.run(until=lambda: pid_file.exists() and len(pid_file.read_text().split()) == 2)
    pids = [int(pid) for pid in pid_file.read_text().split()]
    wait_for(lambda: all_gone(pids), what="end of the program and its child")


def test_the_last_output_of_a_program_that_is_asked_to_stop_is_logged(tmp_path: Path) -> None:
    code = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('goodbye'), sys.exit()))\n"
        "print('ready'); time.sleep(600)"
    )
    # With time enough to say it on a busy machine.
    policy = RestartPolicy(stop_timeout_s=FAILSAFE_S)
    run = SupervisorRun(tmp_path, python("polite", code), policy)
    run.run(until=lambda: "ready" in run.log("polite"))
    assert run.log("polite") == "ready\ngoodbye\n"
