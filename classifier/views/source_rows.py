"""A source in words: what it does now, its last scan, and its progress."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop, ngettext

from classifier.jobs.health import worker_answers
from classifier.localized import grouped
from classifier.models import ScanStatus, Source, SourceKind
from classifier.sources.pacing import ALL, is_within_hours
from classifier.sources.progress import Progress, source_progress
from classifier.views.queue_summary import left_text

SCAN_COUNTS = {
    "new": gettext_noop("%(count)s new"),
    "changed": gettext_noop("%(count)s changed"),
    "moved": gettext_noop("%(count)s moved"),
    "back": gettext_noop("%(count)s back again"),
    "missing": gettext_noop("%(count)s missing"),
    "over_quota": gettext_noop("%(count)s beyond your quota"),
    "problems": gettext_noop("%(count)s unreadable"),
}
ACTIVE_POLL_S, IDLE_POLL_S = 3, 20


@dataclass(frozen=True)
class SourceRow:
    source: Source
    progress: Progress
    state: str
    """In a few words: what it does now."""
    scan: str
    """About the last scan; where it failed, the reason is in the source."""

    @property
    def is_scanning(self) -> bool:
        return self.source.scan_status in (ScanStatus.NEVER, ScanStatus.WAITING, ScanStatus.RUNNING)

    @property
    def is_removed(self) -> bool:
        """Its songs are being deleted, and it has no page any more."""
        return self.source.scan_status == ScanStatus.REMOVING

    @property
    def scan_failed(self) -> bool:
        return self.source.scan_status == ScanStatus.FAILED

    @property
    def is_folder(self) -> bool:
        return self.source.kind == SourceKind.FOLDER

    @property
    def left(self) -> str:
        return left_text(self.progress.remaining_s)

    @property
    def hours(self) -> str:
        if self.source.hours_from == self.source.hours_to:
            return gettext("all day")
        return gettext("%(start)s to %(end)s") % {
            "start": f"{self.source.hours_from:02}:00",
            "end": f"{self.source.hours_to:02}:00",
        }

    @property
    def share(self) -> str:
        if self.source.share >= ALL:
            return gettext("all of the workers’ time")
        return gettext("%(share)s %% of the workers’ time") % {"share": self.source.share}

    @property
    def poll_s(self) -> int:
        """Seconds until the page asks again."""
        is_active = self.is_scanning or self.is_removed or (self.progress.left and not self.source.is_paused)
        return ACTIVE_POLL_S if is_active else IDLE_POLL_S


def source_row(source: Source, now: datetime, progress: Progress | None = None) -> SourceRow:
    progress = progress or source_progress(source, now)
    return SourceRow(source, progress, state_text(source, progress, now), scan_text(source))


def state_text(source: Source, progress: Progress, now: datetime) -> str:
    if source.scan_status == ScanStatus.REMOVING:
        return gettext("Being removed")
    if source.is_paused:
        return gettext("Paused")
    if not progress.songs:
        if source.scan_status == ScanStatus.RUNNING:
            return gettext("Looking for songs")
        if source.scan_status in (ScanStatus.DONE, ScanStatus.FAILED):
            return gettext("No songs")
        return gettext("Not scanned yet")
    if not progress.left:
        return gettext("Up to date")
    if not is_within_hours(source, now):
        return gettext("Waits until %(time)s") % {"time": f"{source.hours_from:02}:00"}
    if not worker_answers(now=now):
        return gettext("Waits for a worker")
    return gettext("Analysing") if progress.running or progress.songs_a_minute else gettext("Waits for its turn")


def scan_text(source: Source) -> str:
    files = source.scan_counts.get("files", 0)
    match source.scan_status:
        case ScanStatus.NEVER | ScanStatus.WAITING:
            return gettext("A scan begins in a moment.")
        case ScanStatus.RUNNING:
            return gettext("A scan runs: %(files)s so far.") % {"files": _files(files)}
        case ScanStatus.REMOVING:
            return ""
    moment = source.scan_finished_at
    when = _when(moment) if moment else ""
    if source.scan_status == ScanStatus.FAILED:
        return gettext("The last scan %(when)s failed.") % {"when": when} if when else gettext("The last scan failed.")
    counts = [
        gettext(text) % {"count": grouped(source.scan_counts[name])}
        for name, text in SCAN_COUNTS.items()
        if source.scan_counts.get(name)
    ]
    values = {"when": when, "files": _files(files), "changes": ", ".join(counts) or gettext("nothing new")}
    if when:
        return gettext("Last scan %(when)s: %(files)s, %(changes)s.") % values
    return gettext("Last scan: %(files)s, %(changes)s.") % values


def _when(moment: datetime) -> str:
    local = timezone.localtime(moment)
    values = {"day": date_format(local, gettext("j M")), "time": date_format(local, "H:i")}
    if local.date() == timezone.localdate():
        return gettext("today at %(time)s") % values
    return gettext("on %(day)s at %(time)s") % values


def _files(count: int) -> str:
    return ngettext("%(count)s file", "%(count)s files", count) % {"count": grouped(count)}
