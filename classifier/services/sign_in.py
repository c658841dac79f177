"""The count of wrong passwords."""

from datetime import datetime, timedelta

from django.db.models import F

from classifier.models import SignInFailure

ALLOWED_FAILURES = 8
BLOCK = timedelta(minutes=10)


def sign_in_blocked(*, key: str, now: datetime) -> bool:
    return SignInFailure.objects.filter(key=key, count__gte=ALLOWED_FAILURES, since__gt=now - BLOCK).exists()


def failure_count(*, key: str, now: datetime) -> None:
    """Each failure renews the block, and the first one after a pause begins a new count."""
    fresh = SignInFailure.objects.filter(key=key, since__gt=now - BLOCK).update(count=F("count") + 1, since=now)
    if not fresh:
        SignInFailure.objects.update_or_create(key=key, defaults={"count": 1, "since": now})


def failures_forget(*, key: str) -> None:
    SignInFailure.objects.filter(key=key).delete()


def failures_sweep(*, now: datetime) -> None:
    SignInFailure.objects.filter(since__lt=now - BLOCK).delete()
