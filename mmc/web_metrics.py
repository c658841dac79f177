"""Where the processes of one gunicorn count requests together: hooks for mmc.webserver.

The folder lies in memory and ends with the server. A new process takes the lowest number that no living one has.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable that prometheus-client reads."""
NUMBER = "COUNTERMOOD_WEB_PROCESS"

PREFIX = "countermood-metrics-"
LOCK = "lock"
MEMORY = Path("/dev/shm")


def on_starting(server: Any) -> None:
    base = MEMORY if os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    _delete_abandoned(base)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    # Locked before it has its name. The processes that are forked later keep the lock as well.
    draft = folder / "draft"
    descriptor = os.open(draft, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    draft.rename(folder / LOCK)
    os.environ[FOLDER] = str(folder)


def pre_fork(server: Any, worker: Any) -> None:
    taken = {getattr(other, "number", None) for other in server.WORKERS.values()}
    worker.number = next(number for number in range(len(taken) + 1) if number not in taken)


def post_fork(server: Any, worker: Any) -> None:
    os.environ[NUMBER] = str(worker.number)


def on_exit(server: Any) -> None:
    shutil.rmtree(os.environ.get(FOLDER, ""), ignore_errors=True)


def _delete_abandoned(base: Path) -> None:
    """Of servers that were killed: no process holds their lock any more."""
    for folder in base.glob(f"{PREFIX}*"):
        try:
            descriptor = os.open(folder / LOCK, os.O_RDWR)
        except OSError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            pass  # Its server runs.
        finally:
            os.close(descriptor)
