"""All unfinished songs of a user, in one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from classifier.jobs.time_estimate import TimeEstimate
from classifier.localized import grouped, songs_text
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
            parts.append(gettext("Analysing %(songs)s") % {"songs": songs_text(self.running)})
        if self.queued:
            queued = grouped(self.queued) if parts else songs_text(self.queued)
            parts.append(gettext("%(songs)s queued") % {"songs": queued})
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
        return gettext("a few seconds left")
    if seconds < 55:
        return gettext("about %(count)s seconds left") % {"count": max(round(seconds / 10), 1) * 10}
    minutes = max(round(seconds / 60), 1)
    if minutes < 60:
        return ngettext("about %(count)s minute left", "about %(count)s minutes left", minutes) % {"count": minutes}
    hours = round(minutes / 60, 1)
    text = ngettext("about %(count)s hour left", "about %(count)s hours left", 1 if hours == 1 else 2)
    return text % {"count": grouped(hours, 0 if hours.is_integer() else 1)}
