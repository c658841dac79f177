"""Measure in a separate process on one core, so that modules and memory of other measurements do not count."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.system.product import ROOT, environment

CURRENT_BUNDLE = ROOT / "ml" / "bundles" / "mood-5"


def measure_in_subprocess(module: str, *arguments: object, **settings: str) -> Any:
    """The last line of `python -m module arguments`, parsed as JSON."""
    process = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        raise RuntimeError(f"{module} failed:\n{process.stderr}")
    return json.loads(process.stdout.splitlines()[-1])


def use_one_core() -> None:
    """Like a worker child: one core, and one thread for numeric libraries, which are not loaded yet."""
    from classifier.jobs import process_limits

    process_limits.use_one_core()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def processor_seconds() -> float:
    """That this process has used, and the process of PostgreSQL that serves it."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return time.process_time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    nanoseconds = Path(f"/proc/{backend}/schedstat").read_text().split()[0]
    return time.process_time() + int(nanoseconds) / 1e9


def count_all_of_postgres() -> None:
    """No parallel workers, whose time `processor_seconds` would not see."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather TO 0")
