"""A worker that is asked to stop: for a while its processes may finish their songs, then they give them back."""

from __future__ import annotations

import mmap
import threading

# One byte of memory that the worker shares with the processes that it forks, also with those it forks later.
_shared = mmap.mmap(-1, 1)


def drain_start(*, grace_s: float) -> None:
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
    """In a process that analyses: whether it has no more time to finish its song."""
    return _shared[0] == 1
