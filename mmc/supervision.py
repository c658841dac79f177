"""A process supervisor: starts a few programs, logs their output, restarts those that exit, stops them all."""

import contextlib
import ctypes
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

LOG_BYTES = 5_000_000
LOG_BACKUPS = 3
LAST_LINES = 8
TICK_S = 0.25
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


@dataclass(frozen=True)
class Program:
    name: str
    command: list[str]
    # Defaults: variables of the supervisor's own environment win.
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RestartPolicy:
    """How long to wait before a program is restarted, and for one that is asked to stop."""

    first_delay_s: float = 1.0
    max_delay_s: float = 30.0
    # The delay doubles with each exit, and starts again from the first after a run of this length.
    healthy_after_s: float = 60.0
    stop_timeout_s: float = 8.0


@dataclass
class RunningProcess:
    """One process of a program, from start to exit."""

    popen: subprocess.Popen[bytes]
    output: IO[bytes]
    started_at: float
    incomplete_line: bytes = b""


@dataclass
class ManagedProcess:
    """A program under supervision; it has no running process while it waits for its restart."""

    program: Program
    log: RotatingFileHandler
    running: RunningProcess | None = None
    start_at: float = 0.0
    delay_s: float = 0.0
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))


class Supervisor:
    """Runs until `stop` is called, for example by a signal handler. Each program has its own log in `log_dir`, of which
    `echo` gets every line too."""

    def __init__(
        self,
        programs: list[Program],
        *,
        log_dir: Path,
        report: Callable[[str], None],
        echo: Callable[[str], None] | None = None,
        policy: RestartPolicy | None = None,
    ) -> None:
        log_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log_dir = log_dir
        self.report = report
        self.echo = echo
        self.policy = policy or RestartPolicy()
        self.stop_requests = 0
        self._managed = [ManagedProcess(program, self._open_log(program)) for program in programs]
        self._selector = selectors.DefaultSelector()

    def _open_log(self, program: Program) -> RotatingFileHandler:
        path = self.log_dir / f"{program.name}.log"
        return RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_BACKUPS, encoding="utf-8")

    def stop(self) -> None:
        """Request the end; a second request kills the programs at once."""
        self.stop_requests += 1

    def run(self, on_tick: Callable[[], None] = lambda: None) -> None:
        try:
            while not self.stop_requests:
                self._start_due()
                self._read_output(TICK_S)
                self._reap()
                on_tick()
        finally:
            self._stop_all()

    def _start_due(self) -> None:
        for managed in self._managed:
            if managed.running is None and time.monotonic() >= managed.start_at:
                managed.running = _start(managed.program)
                self._selector.register(managed.running.output, selectors.EVENT_READ, managed)

    def _read_output(self, timeout_s: float) -> None:
        if not self._selector.get_map():
            time.sleep(timeout_s)
            return
        for key, _ in self._selector.select(timeout_s):
            self._read(key.data, key.data.running)

    def _read(self, managed: ManagedProcess, running: RunningProcess) -> bool:
        """Log what the process has written since; False if that was nothing."""
        try:
            data = os.read(running.output.fileno(), 65536)
        except BlockingIOError:
            return False
        if not data:
            self._selector.unregister(running.output)
        *lines, running.incomplete_line = (running.incomplete_line + data).split(b"\n")
        if not data and running.incomplete_line:
            lines, running.incomplete_line = [running.incomplete_line], b""
        for line in lines:
            text = line.decode("utf-8", "replace").rstrip()
            managed.log.emit(logging.makeLogRecord({"msg": text}))
            managed.last_lines.append(text)
            if self.echo is not None:
                self.echo(f"{managed.program.name}: {text}")
        return bool(data)

    def _reap(self) -> None:
        """Clean up after processes that have exited, and schedule their restart."""
        for managed in self._managed:
            running = managed.running
            if running is None or running.popen.poll() is None:
                continue
            self._release(managed, running)
            was_healthy = time.monotonic() - running.started_at >= self.policy.healthy_after_s
            managed.delay_s = (
                self.policy.first_delay_s
                if was_healthy or not managed.delay_s
                else min(managed.delay_s * 2, self.policy.max_delay_s)
            )
            managed.start_at = time.monotonic() + managed.delay_s
            self._report_exit(managed, running.popen.returncode)

    def _report_exit(self, managed: ManagedProcess, returncode: int) -> None:
        name = managed.program.name
        reason = f"was killed by signal {-returncode}" if returncode < 0 else f"exited with status {returncode}"
        log = self.log_dir / f"{name}.log"
        self.report(f"The {name} {reason} and restarts in {managed.delay_s:g} s. The last lines of {log}:")
        for line in managed.last_lines:
            self.report(f"    {line}")
        managed.last_lines.clear()

    def _release(self, managed: ManagedProcess, running: RunningProcess) -> None:
        """Kill the rest of the process group, and read the rest of the output."""
        _signal_group(running.popen.pid, signal.SIGKILL)
        if running.output in self._selector.get_map():
            while self._read(managed, running):
                pass
        if running.output in self._selector.get_map():
            # Still open: a process that left the group holds the other end.
            self._selector.unregister(running.output)
        running.output.close()
        managed.running = None

    def _stop_all(self) -> None:
        self.report("Stopping …")
        running = [(managed, managed.running) for managed in self._managed if managed.running is not None]
        for _, process in running:
            _signal(process.popen.pid, signal.SIGTERM)
        requests_before = self.stop_requests
        deadline = time.monotonic() + self.policy.stop_timeout_s
        while any(process.popen.poll() is None for _, process in running):
            if time.monotonic() > deadline or self.stop_requests > requests_before:
                break
            self._read_output(TICK_S)
        for managed, process in running:
            _signal_group(process.popen.pid, signal.SIGKILL)
            process.popen.wait()
            self._release(managed, process)
        self._selector.close()
        for managed in self._managed:
            managed.log.close()


def _start(program: Program) -> RunningProcess:
    popen = subprocess.Popen(
        program.command,
        env={**program.environment, **os.environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # A process group of its own: Ctrl-C in the terminal reaches the supervisor alone, which stops the others in
        # order, and the group can be killed together with all children.
        start_new_session=True,
        # Safe, as long as the supervisor has no threads.
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )
    output = popen.stdout
    assert output is not None
    os.set_blocking(output.fileno(), False)
    return RunningProcess(popen, output, started_at=time.monotonic())


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _signal_group(pid: int, number: signal.Signals) -> None:
    # The group may be empty; macOS answers "not permitted" for a group of zombies.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _end_with_parent() -> None:
    """Runs in the child before its program: if the supervisor is killed, its programs end too (Linux)."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
