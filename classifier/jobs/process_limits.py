"""What a process that listens owes to the rest of the machine: one core a song, and the way for whoever waits."""

from __future__ import annotations

import logging
import os
import resource
from pathlib import Path

from django.conf import settings

# Read by the numeric libraries when they are loaded, which is with a process's first song. With threads of their own,
# two workers on two cores would wait for each other's.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
NICENESS = 10


def keep_to_one_core() -> None:
    for name, count in ONE_THREAD.items():
        os.environ.setdefault(name, count)


def give_way() -> None:
    """Pages are answered first: whoever opens one waits for it, and nobody waits for a song's every second."""
    os.nice(max(0, NICENESS - os.nice(0)))
    # Linux may schedule by session, and then looks at this in place of the former (sched(7), "The autogroup feature").
    autogroup = Path("/proc/self/autogroup")
    try:
        autogroup.write_text(str(NICENESS))
    except OSError:
        pass  # There is none, as in most containers: the former holds.


logger = logging.getLogger(__name__)


def limit_memory() -> None:
    """Limit the address space of this process, which holds during a song and not only after it."""
    if not settings.MAX_MEMORY_MB:
        return
    limit = settings.MAX_MEMORY_MB * 1_000_000
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ValueError, OSError) as error:
        logger.warning("This system sets no limit of memory for a process: %s", error)
