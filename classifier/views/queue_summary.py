"""All of a person's songs that are on their way, in a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from classifier.jobs.time_estimate import TimeEstimate
from classifier.models import Person


@dataclass(frozen=True)
class Underway:
    queued: int
    running: int
    left: str

    @classmethod
    def of(cls, owner: Person, estimate: TimeEstimate) -> Underway:
        return cls(
            queued=estimate.queued_count(owner),
            running=estimate.running_count(owner),
            left=left_text(estimate.remaining_s_for(owner)),
        )

    @property
    def count(self) -> int:
        return self.queued + self.running

    @property
    def text(self) -> str:
        if not self.count:
            return ""
        heard = _songs(self.running, "is heard now", "are heard now") if self.running else ""
        waits = _songs(self.queued, "waits", "wait") if self.queued else ""
        parts = " and ".join(part for part in (heard, waits) if part)
        return f"{parts}: {self.left}." if self.left else f"{parts}."

    def as_json(self) -> dict[str, Any]:
        return {"queued": self.queued, "running": self.running, "count": self.count, "text": self.text}


def left_text(seconds: float | None) -> str:
    """As roughly as it is known."""
    if seconds is None:
        return ""
    if seconds < 8:
        return "a few seconds left"
    if seconds < 55:
        return f"about {max(round(seconds / 10), 1) * 10} seconds left"
    minutes = max(round(seconds / 60), 1)
    if minutes < 60:
        return f"about {minutes} minute{'' if minutes == 1 else 's'} left"
    hours = round(minutes / 60, 1)
    return f"about {hours:g} hour{'' if hours == 1 else 's'} left"


def _songs(count: int, one: str, many: str) -> str:
    return f"1 song {one}" if count == 1 else f"{count:,} songs {many}"
