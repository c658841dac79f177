"""Sign-in with a password, throttled after wrong ones."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from classifier.accounts.client_address import client_address
from classifier.fields import fold_name
from classifier.models import Person, SignInFailure


class ThrottledBackend(ModelBackend):
    """Django's backend, with a limit of wrong passwords for each pair of user name and IP address."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Person | None:
        if request is None or username is None:
            return super().authenticate(request, username, password, **kwargs)
        key = attempt_key(request, username)
        now = timezone.now()
        if sign_in_blocked(key=key, now=now):
            # Without checking the password, so that a correct guess looks like a wrong one.
            raise PermissionDenied
        user = super().authenticate(request, username, password, **kwargs) or self._with_former_name(username, password)
        if user is None:
            sign_in_failed(key=key, now=now)
        else:
            sign_in_succeeded(key=key)
        return user

    def _with_former_name(self, username: str, password: str | None) -> Person | None:
        """A user whose name had to change because it differed from another one by case alone."""
        person = Person.objects.filter(former_username=username).first() if username else None
        if person is None or not person.check_password(password or "") or not self.user_can_authenticate(person):
            return None
        return person


def attempt_key(request: HttpRequest, username: str) -> str:
    """Of both, so that guesses from another address do not lock out the user."""
    return block_key(fold_name(username), client_address(request))


def block_key(*parts: str) -> str:
    """The key under which failures are counted."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


ALLOWED_FAILURES = 8
BLOCK = timedelta(minutes=10)


def sign_in_blocked(*, key: str, now: datetime) -> bool:
    return SignInFailure.objects.filter(key=key, count__gte=ALLOWED_FAILURES, since__gt=now - BLOCK).exists()


def sign_in_failed(*, key: str, now: datetime) -> None:
    """Each failure renews the block. The first one after it expired starts a new count."""
    counted = SignInFailure.objects.filter(key=key, since__gt=now - BLOCK).update(count=F("count") + 1, since=now)
    if not counted:
        SignInFailure.objects.update_or_create(key=key, defaults={"count": 1, "since": now})


def sign_in_succeeded(*, key: str) -> None:
    SignInFailure.objects.filter(key=key).delete()


def expired_failures_delete(*, now: datetime) -> None:
    SignInFailure.objects.filter(since__lt=now - BLOCK).delete()
