"""Keeps a few programs running: starts them, keeps what they say, starts again what died, stops them all."""

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
LOGS_KEPT = 3
LAST_WORDS = 8
TICK_S = 0.25
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


@dataclass(frozen=True)
class Program:
    name: str
    command: list[str]
    # Beside what the supervisor itself was started with, which counts more.
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Patience:
    """How long to wait: before a program that died is started again, and for one that is asked to stop."""

    first_delay_s: float = 1.0
    longest_delay_s: float = 30.0
    # One that ran for so long was well: its next death starts from the first delay again.
    well_after_s: float = 60.0
    grace_s: float = 8.0


@dataclass
class Life:
    """A program's process from its start to its end."""

    process: subprocess.Popen[bytes]
    output: IO[bytes]
    started_at: float
    unfinished: bytes = b""


@dataclass
class Charge:
    """A program in the supervisor's care, which has no life while it waits to be started again."""

    program: Program
    log: RotatingFileHandler
    life: Life | None = None
    start_at: float = 0.0
    delay_s: float = 0.0
    last_words: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_WORDS))


class Supervisor:
    """Runs until `stop` is called, which a signal's handler may do. Each program has its own log in `log_dir`."""

    def __init__(
        self,
        programs: list[Program],
        *,
        log_dir: Path,
        say: Callable[[str], None],
        patience: Patience | None = None,
    ) -> None:
        log_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log_dir = log_dir
        self.say = say
        self.patience = patience or Patience()
        self.stops_asked = 0
        self._charges = [Charge(program, self._log_file(program)) for program in programs]
        self._selector = selectors.DefaultSelector()

    def _log_file(self, program: Program) -> RotatingFileHandler:
        path = self.log_dir / f"{program.name}.log"
        return RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOGS_KEPT, encoding="utf-8")

    def stop(self) -> None:
        """Ask for the end; asked twice, the programs are not waited for."""
        self.stops_asked += 1

    def run(self, on_tick: Callable[[], None] = lambda: None) -> None:
        try:
            while not self.stops_asked:
                self._start_due()
                self._listen(TICK_S)
                self._bury_dead()
                on_tick()
        finally:
            self._stop_all()

    def _start_due(self) -> None:
        for charge in self._charges:
            if charge.life is None and time.monotonic() >= charge.start_at:
                charge.life = _start(charge.program)
                self._selector.register(charge.life.output, selectors.EVENT_READ, charge)

    def _listen(self, timeout_s: float) -> None:
        if not self._selector.get_map():
            time.sleep(timeout_s)
            return
        for key, _ in self._selector.select(timeout_s):
            self._read(key.data, key.data.life)

    def _read(self, charge: Charge, life: Life) -> bool:
        """Whether there was anything to read; the end of the output is heard once."""
        try:
            heard = os.read(life.output.fileno(), 65536)
        except BlockingIOError:
            return False
        if not heard:
            self._selector.unregister(life.output)
        *lines, life.unfinished = (life.unfinished + heard).split(b"\n")
        if not heard and life.unfinished:
            lines, life.unfinished = [life.unfinished], b""
        for line in lines:
            text = line.decode("utf-8", "replace").rstrip()
            charge.log.emit(logging.makeLogRecord({"msg": text}))
            charge.last_words.append(text)
        return bool(heard)

    def _bury_dead(self) -> None:
        for charge in self._charges:
            life = charge.life
            if life is None or life.process.poll() is None:
                continue
            self._let_go(charge, life)
            was_well = time.monotonic() - life.started_at >= self.patience.well_after_s
            charge.delay_s = (
                self.patience.first_delay_s
                if was_well or not charge.delay_s
                else min(charge.delay_s * 2, self.patience.longest_delay_s)
            )
            charge.start_at = time.monotonic() + charge.delay_s
            self._tell_death(charge, life.process.returncode)

    def _tell_death(self, charge: Charge, returncode: int) -> None:
        name = charge.program.name
        ended = f"was ended by signal {-returncode}" if returncode < 0 else f"stopped with exit status {returncode}"
        log = self.log_dir / f"{name}.log"
        self.say(f"The {name} {ended} and starts again in {charge.delay_s:g} s; see {log}, which ends:")
        for line in charge.last_words:
            self.say(f"    {line}")
        charge.last_words.clear()

    def _let_go(self, charge: Charge, life: Life) -> None:
        """End what a dead process left behind, and keep its last words."""
        _signal_group(life.process.pid, signal.SIGKILL)
        if life.output in self._selector.get_map():
            while self._read(charge, life):
                pass
        if life.output in self._selector.get_map():
            # Silent but open: somebody who left the group holds the other end.
            self._selector.unregister(life.output)
        life.output.close()
        charge.life = None

    def _stop_all(self) -> None:
        self.say("Stopping …")
        living = [(charge, charge.life) for charge in self._charges if charge.life is not None]
        for _, life in living:
            _signal(life.process.pid, signal.SIGTERM)
        asked_before = self.stops_asked
        deadline = time.monotonic() + self.patience.grace_s
        while any(life.process.poll() is None for _, life in living):
            if time.monotonic() > deadline or self.stops_asked > asked_before:
                break
            self._listen(TICK_S)
        for charge, life in living:
            _signal_group(life.process.pid, signal.SIGKILL)
            life.process.wait()
            self._let_go(charge, life)
        self._selector.close()
        for charge in self._charges:
            charge.log.close()


def _start(program: Program) -> Life:
    process = subprocess.Popen(
        program.command,
        env={**program.environment, **os.environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # A group of its own: the terminal's Ctrl-C reaches the supervisor alone, which stops the others in
        # order, and a whole group can be ended, children of children included.
        start_new_session=True,
        # Safe, as long as the supervisor has no threads.
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )
    output = process.stdout
    assert output is not None
    os.set_blocking(output.fileno(), False)
    return Life(process, output, started_at=time.monotonic())


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _signal_group(pid: int, number: signal.Signals) -> None:
    # Nobody may be left; macOS says "not permitted" for a group of the dead whom nobody awaited yet.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _end_with_parent() -> None:
    """Runs in the child before its program: who kills the supervisor outright ends its programs too (Linux)."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
