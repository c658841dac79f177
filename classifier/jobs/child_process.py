"""A forked process with a pipe to its parent, in a process group of its own, which ends with its parent."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import time
import warnings
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from celery.platforms import set_pdeathsig  # type: ignore[attr-defined]  # missing in its stubs

logger = logging.getLogger(__name__)

TERMINATE_S = 1.0
"""Time to exit after SIGTERM. Nothing is lost if it is too short: files are written under draft names."""
KILL_S = 10.0
"""A killed process may hang in a system call, for instance on a disk that does not answer; then it is left behind."""
CHECK_EVERY_S = 0.02


class ParentGone(BaseException):
    """The parent no longer waits for the child. A BaseException, so that no handler of errors keeps it running."""


class ChildProcess:
    """Not `multiprocessing.Process`: to it, a process of Celery's pool is a daemon, which may not have children."""

    def __init__(self, serve: Callable[[Connection], None]) -> None:
        """Fork, and run `serve` in the child with its end of the pipe. No other thread may run at this moment."""
        self.pipe, other_end = Pipe()
        parent = os.getpid()
        with warnings.catch_warnings():
            # Python counts the threads of libraries too, which the child does not need.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if self.pid == 0:
            self._run(serve, other_end, parent)
        # In both, since either may be first: from now on, signals reach the group.
        with contextlib.suppress(OSError):
            os.setpgid(self.pid, self.pid)
        other_end.close()

    def _run(self, serve: Callable[[Connection], None], pipe: Connection, parent: int) -> None:
        status = 1
        try:
            # While this process has the other end open too, it does not notice that the parent closes it.
            self.pipe.close()
            os.setpgid(0, 0)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C in a terminal ends
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            set_pdeathsig("SIGKILL")
            if os.getppid() == parent:  # otherwise it has died just now
                serve(pipe)
            status = 0
        except (EOFError, ConnectionError, ParentGone):
            pass
        except BaseException:
            logger.exception("A child process failed.")
        finally:
            os._exit(status)

    def terminate(self) -> None:
        """Ask the child to end, without waiting for it: several end at the same time."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGTERM)

    def stop(self) -> None:
        """End the child and all of its own children within seconds, whatever they do."""
        self.pipe.close()
        for number, patience_s in ((signal.SIGTERM, TERMINATE_S), (signal.SIGKILL, KILL_S)):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)
            if self._ended_within(patience_s):
                break
        else:
            logger.error("The process %s does not end although it was killed.", self.pid)
        # Of the group, whose leader has ended: its children.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def _ended_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while True:
            try:
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    return True
            except ChildProcessError:  # collected by someone else
                return True
            if time.monotonic() >= deadline:
                return False
            time.sleep(CHECK_EVERY_S)
