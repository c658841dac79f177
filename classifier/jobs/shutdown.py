"""Graceful shutdown of a worker: its processes may finish their songs within a grace period, then give them back."""

from __future__ import annotations

import mmap
import threading

# One byte of memory that the main process of the worker shares with all processes that it forks.
_shared = mmap.mmap(-1, 1)


def shutdown_start(*, grace_s: float) -> None:
    """In the main process of the worker, which takes no further messages from now on."""
    if grace_s <= 0:
        songs_give_back()
        return
    timer = threading.Timer(grace_s, songs_give_back)
    timer.daemon = True
    timer.start()


def songs_give_back() -> None:
    _shared[0] = 1


def should_give_back() -> bool:
    """In a process that analyses: whether the grace period is over."""
    return _shared[0] == 1
