"""A measurement in a process of its own, on one core: what others load or hold does not count."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from tests.system.product import ROOT, environment


def measured_apart(module: str, *arguments: object, **settings: str) -> Any:
    """What `python -m module arguments` prints as JSON in its last line."""
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def on_one_core() -> None:
    """As a worker's process is: one core, one thread for the numeric libraries, which are not loaded yet."""
    from classifier.jobs.process_limits import use_one_core

    use_one_core()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
