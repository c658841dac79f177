"""Real processes for tests: their family, their end, and waiting for what they do."""

import os
import socket
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")


def wait_for(look: Callable[[], Found], *, timeout_s: float, what: str) -> Found:
    """The first answer of `look` that is true; an error that says what was waited for, if none comes in time."""
    deadline = time.monotonic() + timeout_s
    while True:
        if found := look():
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"In {timeout_s:g} s there was no {what}.")
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
    """Children, their children and so on, the eldest first."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents.setdefault(parent, []).append(int(folder.name))
    found = sorted(parents.get(pid, []))
    for child in found:
        found.extend(sorted(parents.get(child, [])))
    return found


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def end(pid: int, number: int) -> None:
    """Signal a whole process group; none left is fine."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        pass


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
