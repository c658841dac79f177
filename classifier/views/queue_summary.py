"""All unfinished songs of a user, in one line."""

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
        parts = []
        if self.running:
            parts.append(f"Analysing {_songs(self.running)}")
        if self.queued:
            parts.append(f"{self.queued:,} queued" if parts else f"{_songs(self.queued)} queued")
        if self.left:
            parts.append(self.left)
        return f"{', '.join(parts)}."

    def as_json(self) -> dict[str, Any]:
        return {"queued": self.queued, "running": self.running, "count": self.count, "text": self.text}


def left_text(seconds: float | None) -> str:
    """Rounded, since it is an estimate."""
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


def _songs(count: int) -> str:
    return "1 song" if count == 1 else f"{count:,} songs"
