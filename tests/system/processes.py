"""Real processes in tests: waiting for events, process trees, signals, ports."""

import os
import shutil
import socket
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

FAILSAFE_S = 300.0
"""When an event counts as never coming. Far above what a busy machine needs: it only decides how soon a test fails."""


def wait_for(check: Callable[[], T], *, what: str, timeout_s: float = FAILSAFE_S) -> T:
    """The first true result of `check`; fails with `what` was expected if none comes."""
    deadline = time.monotonic() + timeout_s
    while True:
        if result := check():
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"There was no {what} within {timeout_s:g} s.")
        time.sleep(0.1)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def all_gone(pids: Iterable[int]) -> bool:
    return not any(alive(pid) for pid in pids)


def descendants(pid: int) -> list[int]:
    """Children, their children and so on, oldest first."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            children.setdefault(parent, []).append(int(folder.name))
    pids = sorted(children.get(pid, []))
    for child in pids:
        pids.extend(sorted(children.get(child, [])))
    return pids


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def signal_group(pid: int, number: int) -> None:
    """Signal a process group; it may be gone already."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        pass


def find_program(name: str) -> str | None:
    """The path of a program; Debian keeps those of PostgreSQL outside PATH."""
    of_postgresql = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return shutil.which(name) or next(map(str, of_postgresql), None)


def free_port() -> int:
    """A port that nothing uses, and that no other worker of a parallel run gets before it is used."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        # Linux prefers ports of one parity.
        if port // 2 % workers == worker:
            return port
