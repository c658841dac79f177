"""The log of security events: what happened to which account, from where. It never contains a secret."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.utils import timezone

from classifier.accounts.client_address import device_name, stored_address, user_agent
from classifier.models import Person, SecurityEvent

logger = logging.getLogger("classifier.security")

Kind = SecurityEvent.Kind

# Of failed sign-ins to one account from one address, so many are recorded in ten minutes: a guessing machine must not
# fill the disk.
MAX_FAILURES = 20
FAILURE_WINDOW = timedelta(minutes=10)
# Deleted at once, so that the sweep does not hold the database for long.
PRUNED_AT_ONCE = 5000


def record_event(
    kind: str,
    person: Person | None = None,
    request: HttpRequest | None = None,
    *,
    by: Person | None = None,
    **details: Any,
) -> None:
    """Store an event. `by` is who did it, if that is not the person; the user of the request, if it is not given.

    A database that cannot be written does not stop what is recorded: the event is then in the server's log alone.
    """
    if by is None and request is not None:
        user = getattr(request, "user", None)
        by = user if isinstance(user, Person) or getattr(user, "is_authenticated", False) else None
    event = SecurityEvent(
        kind=kind,
        at=timezone.now(),
        person_id=person.pk if person else None,
        person_name=person.username if person else "",
        by_name=by.username if by and by.pk and (person is None or by.pk != person.pk) else "",
        address=stored_address(request) if request else "",
        device=device_name(user_agent(request)) if request and user_agent(request) else "",
        details={name: value for name, value in details.items() if value not in (None, "")},
    )
    logger.info(
        "%s: person=%s by=%s address=%s %s",
        kind, event.person_name or "-", event.by_name or "-", event.address or "-", event.details or "",
    )  # fmt: skip
    try:
        with transaction.atomic():
            if kind == Kind.SIGN_IN_FAILED and _too_many_failures(event):
                return
            event.save()
    except DatabaseError as error:
        logger.warning("A security event could not be stored: %s", error)


def _too_many_failures(event: SecurityEvent) -> bool:
    recent = SecurityEvent.objects.filter(kind=event.kind, address=event.address, at__gt=event.at - FAILURE_WINDOW)
    same = recent.filter(person=event.person_id) if event.person_id else recent.filter(person__isnull=True)
    return same.count() >= MAX_FAILURES


def events_prune(*, now: datetime) -> int:
    """Delete events that are older than SECURITY_LOG_DAYS."""
    if not settings.SECURITY_LOG_DAYS:
        return 0
    old = SecurityEvent.objects.filter(at__lt=now - timedelta(days=settings.SECURITY_LOG_DAYS))
    deleted, _ = SecurityEvent.objects.filter(id__in=list(old.values_list("id", flat=True)[:PRUNED_AT_ONCE])).delete()
    return deleted
