"""API calls per user and minute, counted for all web processes and hosts together."""

from __future__ import annotations

import logging
import math
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError
from django.db.models import F
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from classifier.models import ApiCallCount

if TYPE_CHECKING:
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)

MINUTE_S = 60
# A process takes so many calls at once, as a share of the limit, so that most calls write nothing.
LEASE_SHARE = 20


@dataclass
class Lease:
    """Calls that this process may still answer for one user in one minute. `spent`: there are no more to be had."""

    minute: int
    calls: int = 0
    spent: bool = False
    left: int | None = None
    """Calls that were left to all processes after this one last took some; None until somebody asks."""


_leases: dict[int, Lease] = {}
_lock = threading.Lock()


class CallsPerMinute(BaseThrottle):
    """For the views of the API. Where the database cannot count, calls are allowed."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        user_id = request.user.pk
        return user_id is None or call_allowed(user_id=user_id, minute=int(time.time()) // MINUTE_S)

    def wait(self) -> float:
        """Until the next minute."""
        return math.ceil(MINUTE_S - time.time() % MINUTE_S)


def call_allowed(*, user_id: int, minute: int) -> bool:
    with _lock:
        lease = _leases.get(user_id)
        # A call that began in the minute before, and was slow to get here, takes from the lease of this one: a lease of
        # its own would throw that away.
        if lease is None or not minute <= lease.minute <= minute + 1:
            lease = _leases[user_id] = Lease(minute)
        if lease.calls > 0:
            lease.calls -= 1
            return True
        if lease.spent:
            return False
    # Without the lock, since this may wait for the database. Several threads may each take some.
    try:
        calls = _take(user_id, minute)
    except DatabaseError as error:
        logger.warning("API calls cannot be counted: %s", error)
        return True
    with _lock:
        lease.left = None
        if calls:
            lease.calls += calls - 1
            return True
        if lease.calls > 0:
            # Another thread took the last ones meanwhile, and has some left.
            lease.calls -= 1
            return True
        lease.spent = True
    return False


def rate_limit_headers(user_id: int) -> dict[str, str]:
    """By the IETF's draft “RateLimit header fields for HTTP”. What other processes took since is not known here, so
    that the number of calls left may be a little too high."""
    limit = settings.API_CALLS_PER_MINUTE
    with _lock:
        lease = _leases.get(user_id)
    if lease is None:
        left = limit
    else:
        # Read once: another thread may take more meanwhile.
        left = lease.left if lease.left is not None else _left(user_id, limit)
        lease.left = left
        left += lease.calls
    reset_s = math.ceil(MINUTE_S - time.time() % MINUTE_S)
    return {
        "RateLimit-Policy": f'"default";q={limit};w={MINUTE_S}',
        "RateLimit": f'"default";r={left};t={reset_s}',
    }


def _take(user_id: int, minute: int) -> int:
    """How many calls this process got. By a conditional UPDATE, so that all processes together never get too many."""
    limit = settings.API_CALLS_PER_MINUTE
    share = max(1, limit // LEASE_SHARE)
    row = ApiCallCount.objects.filter(user_id=user_id)
    # The clocks of hosts differ a little: a minute that has begun on one has begun on all.
    current = row.filter(minute__gte=minute, minute__lte=minute + 1)
    while True:
        for calls in (share, 1):
            if current.filter(count__lte=limit - calls).update(count=F("count") + calls):
                return calls
        if current.filter(count__gte=limit).exists():
            return 0
        if current.exists():  # another process made the row meanwhile
            continue
        if row.exclude(minute__gte=minute, minute__lte=minute + 1).update(minute=minute, count=share):
            return share
        _, created = ApiCallCount.objects.get_or_create(user_id=user_id, defaults={"minute": minute, "count": share})
        if created:
            return share


def _left(user_id: int, limit: int) -> int:
    """Where the database cannot say, none."""
    try:
        count = ApiCallCount.objects.filter(user_id=user_id).values_list("count", flat=True).first()
    except DatabaseError:
        return 0
    return max(limit - (count or 0), 0)
