"""Limits on guesses, counted in the database: they hold for parallel guesses, several processes and several hosts.

An attempt is taken before the guess is checked, and given back where it was right. Taking is one conditional UPDATE, so
that of many parallel guesses no more than allowed get one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from classifier.models import SignInFailure


@dataclass(frozen=True)
class Limit:
    """So many attempts; each one renews the period after which they are forgotten."""

    attempts: int
    period: timedelta

    def active(self, now: datetime) -> Q:
        # A moment that lies ahead comes from a clock that was set back since.
        return Q(since__gt=now - self.period, since__lte=now + self.period)


GUESSES = Limit(8, timedelta(minutes=10))
LONGEST_PERIOD = timedelta(hours=1)


def attempt_key(*parts: str) -> str:
    """The key under which attempts are counted."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def attempt_take(*, key: str, limit: Limit = GUESSES, now: datetime) -> bool:
    """Whether one more attempt is allowed, which then counts."""
    row = SignInFailure.objects.filter(key=key)
    while True:
        if row.filter(limit.active(now), count__lt=limit.attempts).update(count=F("count") + 1, since=now):
            return True
        if row.filter(limit.active(now)).exists():
            return False
        # There is no row, or an old one. Of several that come here at once one gets it; the others look again.
        if row.exclude(limit.active(now)).update(count=1, since=now):
            return True
        _, created = SignInFailure.objects.get_or_create(key=key, defaults={"count": 1, "since": now})
        if created:
            return True


def attempt_give_back(*, key: str) -> None:
    """The guess was right, so that it counts for nothing."""
    SignInFailure.objects.filter(key=key, count__gt=0).update(count=F("count") - 1)


def attempts_forget(*, key: str) -> None:
    """The guess was right, and the wrong ones before it were mistakes of the same person."""
    SignInFailure.objects.filter(key=key).delete()


def old_attempts_delete(*, now: datetime) -> None:
    SignInFailure.objects.exclude(since__gt=now - LONGEST_PERIOD, since__lte=now + LONGEST_PERIOD).delete()
