"""What happens when somebody, or NTP, sets the clock of the machine.

Leases and the expiry of uploads are times in the database. After a step they would last a day too long, or be over
while their worker or client is still there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings

from classifier.models import ResumableUpload, Song

TOLERANCE_S = 30.0


class ClockWatch:
    """Notices a step of the clock by comparing it with the monotonic clock."""

    def __init__(self, clock: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._monotonic = clock, monotonic
        self._difference = clock() - monotonic()

    def was_set(self) -> bool:
        """Since the last call. A machine that was suspended counts too."""
        before, self._difference = self._difference, self._clock() - self._monotonic()
        return abs(self._difference - before) > TOLERANCE_S


def terms_renew(*, now: datetime) -> None:
    """Workers and clients keep the songs and uploads that they still work on; all others end one term later."""
    Song.objects.running().update(lease_expires_at=now + timedelta(seconds=settings.LEASE_S))
    ResumableUpload.objects.unfinished().update(touched_at=now)
