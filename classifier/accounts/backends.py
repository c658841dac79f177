"""Signing in with a password, so slowly after wrong ones that guessing is hopeless."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from classifier.models import Person, SignInFailure


class ThrottledBackend(ModelBackend):
    """Django's own backend behind a count of wrong passwords for each name and address together."""

    def authenticate(  # type: ignore[override]  # the arguments that Django documents for this backend
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Person | None:
        if request is None or username is None:
            return super().authenticate(request, username, password, **kwargs)
        key = attempt_key(request, username)
        now = timezone.now()
        if sign_in_blocked(key=key, now=now):
            # Without a look at the password, so that a right guess is not told from a wrong one.
            raise PermissionDenied
        person = super().authenticate(request, username, password, **kwargs)
        if person is None:
            failure_count(key=key, now=now)
        else:
            failures_forget(key=key)
        return person


def attempt_key(request: HttpRequest, username: str) -> str:
    """Both, so that a stranger elsewhere cannot lock a person out by guessing."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUST_PROXY:
        # The last entry is the proxy's own; those before it are whatever the visitor wrote.
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    return hashlib.sha256(f"{username.casefold()}\n{address}".encode()).hexdigest()


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


def expired_failures_delete(*, now: datetime) -> None:
    SignInFailure.objects.filter(since__lt=now - BLOCK).delete()
