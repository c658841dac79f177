"""Signing in with a password, so slowly after wrong ones that guessing is hopeless."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from classifier.services.sign_in import failure_count, failures_forget, sign_in_blocked


class ThrottledBackend(ModelBackend):
    """Django's own backend behind a count of wrong passwords for each name and address together."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> AbstractBaseUser | None:
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
