"""Sends numbered inputs to child processes, with limits of time and memory, and collects what went wrong."""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from tests.system.product import ROOT, environment

MAX_CPU_S = 10.0
MAX_MEMORY_MB = 400.0
HUNG_AFTER_S = 120.0
START_S = 300.0


@dataclass(frozen=True)
class Finding:
    """An input that did what no input may do."""

    number: int
    kind: str
    name: str
    problem: str


@dataclass
class Report:
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    slowest_s: float = 0.0
    largest_mb: float = 0.0

    @property
    def inputs(self) -> int:
        return self.outcomes.total()


class HungError(Exception):
    pass


class Child:
    def __init__(self, command: list[str], log: Path, env: dict[str, str]) -> None:
        self.log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
            )
        self._selector = selectors.DefaultSelector()
        assert self._process.stdout is not None
        self._selector.register(self._process.stdout, selectors.EVENT_READ)

    def started(self) -> bool:
        return self._line(START_S) == b"ready\n"

    def send(self, number: int) -> dict[str, Any] | None:
        """The answer; None if the process died. Raises HungError."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{number}\n".encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            return None
        line = self._line(HUNG_AFTER_S)
        return json.loads(line) if line else None

    def stop(self) -> int:
        """Its exit status."""
        self._process.kill()
        status = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            try:
                pipe.close()
            except BrokenPipeError:
                pass
        self._selector.close()
        return status

    def exit_status(self) -> int:
        try:
            return self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            return 0

    def _line(self, timeout_s: float) -> bytes:
        assert self._process.stdout is not None
        if not self._selector.select(timeout_s):
            raise HungError
        return self._process.stdout.readline()


class Fuzzer:
    """`command` starts a child; tests have one that misbehaves. `on_finding` is called at once."""

    def __init__(
        self,
        seeds: Path,
        seed: int,
        scratch: Path,
        command: list[str] | None = None,
        on_finding: Callable[[Finding], None] = lambda finding: None,
    ) -> None:
        module = [sys.executable, "-X", "faulthandler", "-m", "tests.fuzz.child"]
        self.command = command or [*module, str(seeds), str(seed), str(scratch)]
        self.scratch = scratch
        self.on_finding = on_finding
        self.report = Report()
        self._lock = Lock()
        self._logs = 0

    def run(self, numbers: Iterable[int], processes: int = 1) -> Report:
        shared = _Shared(iter(numbers))
        with ThreadPoolExecutor(processes) as pool:
            for future in [pool.submit(self._work, shared) for _ in range(processes)]:
                future.result()
        self.report.findings.sort(key=lambda finding: finding.number)
        return self.report

    def _work(self, numbers: Iterator[int]) -> None:
        child: Child | None = None
        for number in numbers:
            child = child or self._start()
            try:
                answer = child.send(number)
            except HungError:
                child.stop()
                child = self._lost(number, f"There was no answer within {HUNG_AFTER_S:g} s.")
                continue
            if answer is None:
                status = child.exit_status()
                child.stop()
                child = self._lost(number, f"The process ended with {status}.\n{_tail(child.log)}")
                continue
            self._record(number, answer)
        if child is not None:
            child.stop()

    def _start(self) -> Child:
        with self._lock:
            self._logs += 1
            log = self.scratch / f"child-{self._logs}.log"
        child = Child(self.command, log, environment(DJANGO_SETTINGS_MODULE="tests.settings", LOG_LEVEL="ERROR"))
        if not child.started():
            child.stop()
            raise RuntimeError(f"The child does not start:\n{_tail(log)}")
        return child

    def _lost(self, number: int, problem: str) -> None:
        self._record(number, {"kind": "", "name": "", "outcome": "lost", "problem": problem})

    def _record(self, number: int, answer: dict[str, Any]) -> None:
        cpu_s, memory_mb = answer.get("cpu_s", 0.0), answer.get("memory_mb", 0.0)
        problem = answer["problem"]
        if not problem and cpu_s > MAX_CPU_S:
            problem = f"It took {cpu_s:.1f} s of CPU time; {MAX_CPU_S:g} s are allowed."
        if not problem and memory_mb > MAX_MEMORY_MB:
            problem = f"It took {memory_mb:.0f} MB of memory; {MAX_MEMORY_MB:g} MB are allowed."
        with self._lock:
            self.report.outcomes[answer["kind"], answer["outcome"]] += 1
            self.report.slowest_s = max(self.report.slowest_s, cpu_s)
            self.report.largest_mb = max(self.report.largest_mb, memory_mb)
            if problem:
                finding = Finding(number, answer["kind"], answer["name"], problem)
                self.report.findings.append(finding)
                self.on_finding(finding)


class _Shared:
    """An iterator for several threads."""

    def __init__(self, numbers: Iterator[int]) -> None:
        self._numbers = numbers
        self._lock = Lock()

    def __iter__(self) -> _Shared:
        return self

    def __next__(self) -> int:
        with self._lock:
            return next(self._numbers)


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-12:])
