"""Waiting for a song's end while the asker holds the line."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

from django.conf import settings

from classifier.models import Song

LOOK_EVERY_S = 0.25

_count = threading.Lock()
_waiting = 0


def song_await(song: Song, seconds: float) -> Song:
    """The song once it is over, or as it is after so many seconds; at once where too many wait already.

    Each wait holds a thread of this process, so that their number is limited for each process.
    """
    if song.is_over or seconds <= 0:
        return song
    with _place() as found:
        end = time.monotonic() + seconds
        while found and not song.is_over and (left := end - time.monotonic()) > 0:
            time.sleep(min(LOOK_EVERY_S, left))
            # One column in one short query: no transaction is held open, and no lock.
            now = Song.objects.filter(id=song.id).values_list("status", flat=True).first()
            if now is None:
                break
            song.status = now
    return Song.objects.for_api().filter(id=song.id).first() or song


@contextlib.contextmanager
def _place() -> Iterator[bool]:
    """Whether one more may wait; a count, not a queue, since the others get their answer at once."""
    global _waiting
    with _count:
        found = _waiting < settings.MAX_WAITING
        _waiting += found
    try:
        yield found
    finally:
        with _count:
            _waiting -= found
