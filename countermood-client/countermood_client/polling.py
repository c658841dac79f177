"""Waiting for a job: whether it is over, and how long until the next look."""

from __future__ import annotations

import time

from countermood_client.errors import JobFailed, TimedOut
from countermood_client.resources import Job

DEFAULT_WAIT_S = 3600.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 5.0


class Polling:
    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._give_up_at = time.monotonic() + timeout_s
        self._pause_s = FIRST_PAUSE_S

    def is_done(self, job: Job) -> bool:
        """Raises JobFailed and TimedOut."""
        if job["status"] == "done":
            return True
        if job["status"] == "cancelled":
            raise JobFailed("cancelled", f"The analysis of {job['file_name']} was cancelled.")
        if job["status"] == "failed":
            error = job["error"] or {"code": "failed", "message": f"The analysis of {job['file_name']} failed."}
            raise JobFailed(error["code"], error["message"])
        if time.monotonic() >= self._give_up_at:
            raise TimedOut(f"{job['file_name']} was not analysed within {self._timeout_s:.0f} s.")
        return False

    def pause_s(self) -> float:
        """Longer each time."""
        pause_s = self._pause_s
        self._pause_s = min(1.5 * pause_s, LONGEST_PAUSE_S)
        return pause_s
