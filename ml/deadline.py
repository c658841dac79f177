"""The moment by which the work on a song has to end.

Long loops check it between their blocks. A signal whose handler raises is no replacement: where it interrupts a
callback of a C library, the exception is lost.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass


class DeadlineExceeded(Exception):
    """The time is over. Not a MoodError, so that handlers of damaged files let it pass."""


@dataclass(frozen=True)
class Deadline:
    """A point of the monotonic clock, in seconds; by default there is none."""

    at_s: float = math.inf

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        return cls(time.monotonic() + seconds)

    @property
    def remaining_s(self) -> float:
        """Seconds, at least 0."""
        return max(0.0, self.at_s - time.monotonic())

    def check(self) -> None:
        """Raises DeadlineExceeded once the time is over."""
        if time.monotonic() >= self.at_s:
            raise DeadlineExceeded


NEVER = Deadline()
