"""One scan of a source at a time. Like the lease on a song: only its holder may write, and every write checks it again.

A scan that was killed holds it until it expires; then the next one takes it over.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from classifier.errors import ProductError
from classifier.models import ScanStatus, Source, TagJob, TagStatus, TagStep, WebhookEvent
from classifier.webhooks.outbox import event_record

SCAN_LEASE = timedelta(minutes=2)
"""Longer than a server takes for one answer and than a file takes to be read."""
RENEW_EVERY = timedelta(seconds=5)
LONGEST_LEASE = timedelta(hours=2)
"""A lease that lasts longer than this is from before the clock was set back."""


class ScanLost(Exception):
    """The source was deleted, or another process scans it: stop and write nothing."""


class ScanStopped(Exception):
    """The process is asked to end."""


@dataclass
class ScanLease:
    source_id: uuid.UUID
    token: uuid.UUID
    renewed_at: datetime
    clock: Callable[[], datetime] = timezone.now
    should_stop: Callable[[], bool] = lambda: False
    counts: dict[str, int] = field(default_factory=dict)

    def renew(self) -> None:
        """Now and then, while nothing is written. Raises ScanLost and ScanStopped."""
        if self.should_stop():
            raise ScanStopped
        if not timedelta(0) <= self.clock() - self.renewed_at < RENEW_EVERY:
            self.lock()

    def lock(self) -> None:
        """First in every transaction that writes: until it ends, nobody takes the lease. Raises ScanLost."""
        now = self.clock()
        # Against another process that takes an expired lease over, and the deletion of the source: the first to change
        # the row wins.
        if not self._rows().update(scan_expires_at=now + SCAN_LEASE, scan_counts=self.counts):
            raise ScanLost
        self.renewed_at = now

    def finish(self, error: ProductError | None = None) -> None:
        """With an error, the scan stays DONE only where it could tell all the rest (`quota_exceeded`)."""
        done = error is None or error.code == "quota_exceeded"
        now = self.clock()
        values = {
            "scan_status": ScanStatus.DONE if done else ScanStatus.FAILED,
            "scan_counts": self.counts,
            "scan_finished_at": now,
            "scan_error_code": error.code if error else "",
            "scan_error_message": error.message if error else "",
        }
        with transaction.atomic():
            if self._rows().update(**values, **RELEASED):
                source = Source.objects.get(id=self.source_id)
                event_record(
                    owner_id=source.owner_id,
                    event=WebhookEvent.SCAN_DONE,
                    data=partial(_scan_data, source),
                    now=now,
                )

    def give_back(self) -> None:
        """Another process does it all again."""
        self._rows().update(scan_status=ScanStatus.WAITING, **RELEASED)

    def _rows(self) -> QuerySet[Source]:
        return Source.objects.filter(id=self.source_id, scan_status=ScanStatus.RUNNING, scan_token=self.token)


def _scan_data(source: Source) -> dict[str, Any]:
    error = {"code": source.scan_error_code, "message": source.scan_error_message}
    return {
        "source": {"id": str(source.id), "name": source.name, "kind": source.kind},
        "status": source.scan_status,
        "counts": source.scan_counts,
        "error": error if source.scan_error_code else None,
    }


RELEASED: dict[str, Any] = {"scan_token": None, "scan_expires_at": None}


def scan_request(source: Source, now: datetime) -> bool:
    """Have the source scanned as soon as possible. False if a scan runs already."""
    # Against a process that takes the request at this moment: then a scan that begins now is as good.
    return bool(
        Source.objects.filter(id=source.id)
        .exclude(scan_status=ScanStatus.RUNNING, scan_expires_at__gte=now)
        .exclude(scan_status=ScanStatus.REMOVING)
        .update(scan_status=ScanStatus.WAITING, **RELEASED)
    )


def scans_due(now: datetime) -> QuerySet[Source]:
    """Sources that somebody wants to have scanned, whose last scan was killed or is too long ago."""
    # A scan in the future is from before the clock was set back too.
    killed = Q(scan_expires_at__lt=now) | Q(scan_expires_at__gt=now + LONGEST_LEASE)
    due = Q(scan_status__in=(ScanStatus.NEVER, ScanStatus.WAITING)) | Q(scan_status=ScanStatus.RUNNING) & killed
    if settings.SOURCE_SCAN_MINUTES:
        since = now - timedelta(minutes=settings.SOURCE_SCAN_MINUTES)
        over = Q(scan_finished_at__lt=since) | Q(scan_finished_at__gt=now + timedelta(minutes=1))
        due |= Q(scan_status__in=(ScanStatus.DONE, ScanStatus.FAILED)) & over
    # Files that are written now are not looked at meanwhile.
    written = TagJob.objects.filter(
        source=OuterRef("pk"),
        status=TagStatus.RUNNING,
        step__in=(TagStep.WRITE, TagStep.UNDO),
        lease_expires_at__gte=now,
    )
    return Source.objects.filter(due).exclude(Exists(written)).order_by("scan_finished_at", "id")


def scan_claim(
    source: Source,
    now: datetime,
    clock: Callable[[], datetime] = timezone.now,
    should_stop: Callable[[], bool] = lambda: False,
) -> ScanLease | None:
    """The lease for a scan that begins now; None while another one runs."""
    token = uuid.uuid4()
    lasting = Q(scan_expires_at__gte=now, scan_expires_at__lte=now + LONGEST_LEASE)
    # Several processes may try: one of them changes the row, and for the others it is no longer free.
    claimed = (
        Source.objects.filter(id=source.id)
        .exclude(lasting, scan_status=ScanStatus.RUNNING)
        .exclude(scan_status=ScanStatus.REMOVING)
        .update(
            scan_status=ScanStatus.RUNNING,
            scan_token=token,
            scan_expires_at=now + SCAN_LEASE,
            scan_started_at=now,
            scan_counts={},
            scan_error_code="",
            scan_error_message="",
        )
    )
    return ScanLease(source.id, token, now, clock, should_stop) if claimed else None
