"""A function in a forked process with limits of its own for memory and time, for libraries that have none."""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import resource
import select
import signal
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")

READ_BYTES = 1 << 20
DONE, FAILED, NO_MEMORY = b"done", b"fail", b"memo"


class ProcessLimitExceeded(Exception):
    """The function needed more memory or time than it may have."""


class ProcessFailed(Exception):
    """The function raised an exception, or its process died. The log has the traceback."""


def run_limited(function: Callable[[], T], *, memory_bytes: int, seconds: float) -> T:
    """The result of `function`, which runs in a fork of this process and leaves nothing behind in it.

    `memory_bytes` is the address space that it may take beyond that of this process. Raises ProcessLimitExceeded and
    ProcessFailed. What it returns must be picklable.
    """
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Python counts the threads of libraries too, which the child does not need.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        os.close(reading)
        _run(function, writing, memory_bytes, seconds)
    os.close(writing)
    try:
        answer = _read(reading, time.monotonic() + seconds)
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
    kind, content = answer[:4], answer[4:]
    if kind == NO_MEMORY:
        raise ProcessLimitExceeded(f"It needs more than {memory_bytes // 1_000_000} MB.")
    if kind != DONE:
        raise ProcessFailed("The function raised an exception, or its process died.")
    result: T = pickle.loads(content)  # noqa: S301 - from a copy of this process
    return result


def _read(pipe: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    while True:
        if not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise ProcessLimitExceeded("It takes too long.")
        part = os.read(pipe, READ_BYTES)
        if not part:
            return b"".join(parts)
        parts.append(part)


def _run(function: Callable[[], Any], pipe: int, memory_bytes: int, seconds: float) -> None:
    """Never returns: nothing of the parent, such as its handlers at exit, may run twice."""
    answer = FAILED
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _limit(resource.RLIMIT_AS, _address_space_bytes() + memory_bytes)
        _limit(resource.RLIMIT_CPU, int(seconds) + 1)  # ends it also if the parent is killed meanwhile
        _limit(resource.RLIMIT_CORE, 0)
        answer = DONE + pickle.dumps(function())
    except MemoryError:
        answer = NO_MEMORY
    except BaseException:
        logger.exception("A limited process failed.")
    finally:
        with contextlib.suppress(OSError), os.fdopen(pipe, "wb") as file:
            file.write(answer)
        os._exit(0)


def _limit(kind: int, value: int) -> None:
    """Lower a limit; macOS does not limit the address space."""
    with contextlib.suppress(ValueError, OSError):
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def _address_space_bytes() -> int:
    """That of this process; a gigabyte where Linux does not tell it."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except (OSError, ValueError):
        return 1 << 30
