"""Long polling: a request waits until its song is done, or a file of it is made."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from django.conf import settings

from classifier.models import Song

POLL_EVERY_S = 0.25

_count_lock = threading.Lock()
_waiting = 0


def song_await(song: Song, seconds: float) -> Song:
    """The song once it is done, failed or cancelled, or after so many seconds; at once where too many requests wait.

    Each wait blocks a thread, so that their number is limited for each process.
    """
    if song.is_over or seconds <= 0:
        return song
    with _slot() as free:
        end = time.monotonic() + seconds
        while free and not song.is_over and (left := end - time.monotonic()) > 0:
            time.sleep(min(POLL_EVERY_S, left))
            # One short query, so that no transaction stays open.
            status = Song.objects.filter(id=song.id).values_list("status", flat=True).first()
            if status is None:
                break
            song.status = status
    return Song.objects.with_result().filter(id=song.id).first() or song


def wait_until(check: Callable[[], bool], seconds: float) -> bool:
    """Whether it became true within so many seconds. At once where too many requests wait."""
    with _slot() as free:
        end = time.monotonic() + seconds
        while not check():
            if not free or (left := end - time.monotonic()) <= 0:
                return False
            time.sleep(min(POLL_EVERY_S, left))
    return True


@contextlib.contextmanager
def _slot() -> Iterator[bool]:
    """Whether one more request may wait."""
    global _waiting
    with _count_lock:
        free = _waiting < settings.MAX_WAITING
        _waiting += free
    try:
        yield free
    finally:
        with _count_lock:
            _waiting -= free
