"""A value that a process computes at most once in a while, however many requests ask for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class BrieflyCached(Generic[T]):
    """While one thread computes, others get the last value, so that a slow database cannot occupy every thread."""

    def __init__(self, compute: Callable[[], T], *, seconds: float) -> None:
        self._compute = compute
        self._seconds = seconds
        self._lock = threading.Lock()
        self._last: tuple[T, float] | None = None

    def get(self) -> T:
        return self.get_with_age()[0]

    def get_with_age(self) -> tuple[T, float]:
        """The value and its age in seconds, which exceeds the limit only while a new one takes long."""
        last = self._last
        if last is not None and self._is_fresh(last):
            return _aged(last)
        if not self._lock.acquire(blocking=last is None):
            assert last is not None
            return _aged(last)
        try:
            if self._last is None or not self._is_fresh(self._last):
                value = self._compute()
                self._last = (value, time.monotonic())
            return _aged(self._last)
        finally:
            self._lock.release()

    def clear(self) -> None:
        self._last = None

    def _is_fresh(self, last: tuple[T, float]) -> bool:
        return time.monotonic() - last[1] < self._seconds


def _aged(last: tuple[T, float]) -> tuple[T, float]:
    return last[0], time.monotonic() - last[1]
