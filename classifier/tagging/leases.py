"""One process works on a task of tags, and one task on a source at a time. Like the lease on a scan."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from classifier.errors import ProductError
from classifier.models import ScanStatus, Source, TagJob, TagStatus, TagStep

LEASE = timedelta(minutes=3)
"""Longer than writing a file takes, unless it is huge and the disk slow: then a second process finds it locked."""
RENEW_EVERY = timedelta(seconds=2)
RELEASED: dict[str, Any] = {"lease_token": None, "lease_expires_at": None}
CHANGING = (TagStep.WRITE, TagStep.UNDO)


class TagJobLost(Exception):
    """The task was deleted, or another process has it: stop and write nothing."""


class TagJobInterrupted(Exception):
    """The process is asked to end."""


class TagJobStopped(Exception):
    """The user stopped the task."""


@dataclass
class TagJobLease:
    job_id: uuid.UUID
    token: uuid.UUID
    renewed_at: datetime
    clock: Callable[[], datetime] = timezone.now
    should_stop: Callable[[], bool] = lambda: False
    counts: Counter[str] = field(default_factory=Counter)

    def renew(self) -> None:
        """Before every file. Raises TagJobLost, TagJobInterrupted and TagJobStopped."""
        if self.should_stop():
            raise TagJobInterrupted
        if timedelta(0) <= self.clock() - self.renewed_at < RENEW_EVERY:
            return
        self.lock()
        if self._rows().filter(stop_requested=True).exists():
            raise TagJobStopped

    def lock(self) -> None:
        """First in a transaction that writes rows. Raises TagJobLost."""
        now = self.clock()
        if not self._rows().update(lease_expires_at=now + LEASE, counts=self.counts):
            raise TagJobLost
        self.renewed_at = now

    def finish(self, status: TagStatus, error: ProductError | None = None, **fields: Any) -> None:
        self._rows().update(
            status=status,
            counts=self.counts,
            finished_at=self.clock(),
            stop_requested=False,
            error_code=error.code if error else "",
            error_message=error.message if error else "",
            **RELEASED,
            **fields,
        )

    def give_back(self) -> None:
        """Another process goes on with it."""
        self._rows().update(status=TagStatus.WAITING, counts=self.counts, **RELEASED)

    def _rows(self) -> QuerySet[TagJob]:
        return TagJob.objects.filter(id=self.job_id, status=TagStatus.RUNNING, lease_token=self.token)


def tag_jobs_due(now: datetime) -> QuerySet[TagJob]:
    """Those that wait, and those whose process was killed; no files are changed while a scan looks at them."""
    killed = Q(status=TagStatus.RUNNING) & (Q(lease_expires_at__lt=now) | Q(lease_expires_at__gt=now + 2 * LEASE))
    scanning = Source.objects.filter(id=OuterRef("source_id"), scan_status=ScanStatus.RUNNING, scan_expires_at__gte=now)
    due = TagJob.objects.filter(Q(status=TagStatus.WAITING) | killed, source__isnull=False)
    return due.exclude(Exists(scanning), step__in=CHANGING).order_by("created_at", "id")


def tag_job_claim(
    job: TagJob,
    now: datetime,
    clock: Callable[[], datetime] = timezone.now,
    should_stop: Callable[[], bool] = lambda: False,
) -> TagJobLease | None:
    """The lease; None while another process has it."""
    token = uuid.uuid4()
    # Several processes may try: one of them changes the row.
    claimed = (
        TagJob.objects.filter(id=job.id)
        .filter(
            Q(status=TagStatus.WAITING)
            | Q(status=TagStatus.RUNNING, lease_expires_at__lt=now)
            | Q(status=TagStatus.RUNNING, lease_expires_at__gt=now + 2 * LEASE)
        )
        .update(status=TagStatus.RUNNING, lease_token=token, lease_expires_at=now + LEASE, finished_at=None)
    )
    return TagJobLease(job.id, token, now, clock, should_stop) if claimed else None
