"""Limits of a process that analyses: one core, low priority, and a maximum of memory."""

from __future__ import annotations

import logging
import os
import resource
from pathlib import Path

from django.conf import settings

# The numeric libraries read these when they are loaded, at the first song of a process. With several threads each, two
# workers on two cores would slow each other down.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
NICENESS = 10


def use_one_core() -> None:
    for name, count in ONE_THREAD.items():
        os.environ.setdefault(name, count)


def lower_priority() -> None:
    """Requests come first: a user waits for a page, but not for every second of an analysis."""
    os.nice(max(0, NICENESS - os.nice(0)))
    # Where Linux schedules by session, this counts instead of the nice value (sched(7), "The autogroup feature").
    autogroup = Path("/proc/self/autogroup")
    try:
        autogroup.write_text(str(NICENESS))
    except OSError:
        pass  # There is no autogroup, as in most containers: the nice value counts.


logger = logging.getLogger(__name__)


def limit_memory() -> None:
    """Limit the address space of this process, at once and not only after the current song."""
    if not settings.MAX_MEMORY_MB:
        return
    limit = settings.MAX_MEMORY_MB * 1_000_000
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ValueError, OSError) as error:
        logger.warning("This system does not limit the memory of a process: %s", error)
