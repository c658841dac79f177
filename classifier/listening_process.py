"""What a process that listens owes to the rest of the machine: one core a song, and the way for whoever waits."""

from __future__ import annotations

import os
from pathlib import Path

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
