"""Sign-in with a password, with limits on wrong ones."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from classifier.accounts.attempt_limits import (
    GUESSES,
    Limit,
    attempt_give_back,
    attempt_key,
    attempt_take,
    attempts_forget,
)
from classifier.accounts.client_address import client_address
from classifier.accounts.known_device import device_is_known
from classifier.fields import fold_name
from classifier.models import Person

# One address may try many names, and many addresses may try one name.
BY_ADDRESS = Limit(30, timedelta(minutes=10))
BY_NAME = Limit(50, timedelta(hours=1))


class ThrottledBackend(ModelBackend):
    """Django's backend, with limits of wrong passwords: for a name from an address, for an address, and for a name."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Person | None:
        if request is None or username is None:
            return super().authenticate(request, username, password, **kwargs)
        limits = limits_of(request, username)
        _take_all(limits, now=timezone.now())
        user = super().authenticate(request, username, password, **kwargs) or self._with_former_name(username, password)
        if user is not None:
            [own, *others] = limits
            attempts_forget(key=own)
            for key in others:
                attempt_give_back(key=key)
        return user

    def _with_former_name(self, username: str, password: str | None) -> Person | None:
        """A user whose name had to change because it differed from another one by case alone."""
        person = Person.objects.filter(former_username=username).first() if username else None
        if person is None or not person.check_password(password or "") or not self.user_can_authenticate(person):
            return None
        return person


def limits_of(request: HttpRequest, username: str) -> dict[str, Limit]:
    """Keys of attempts, and how many are allowed for each. The first one is of this person at this address alone."""
    name, address = fold_name(username), network(client_address(request))
    limits = {attempt_key("sign-in", name, address): GUESSES}
    if not device_is_known(request, username):
        limits[attempt_key("address", address)] = BY_ADDRESS
        limits[attempt_key("name", name)] = BY_NAME
    return limits


def network(address: str) -> str:
    """Of IPv6 the first 64 bits, since a client that has one of these addresses has all of them."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)


def _take_all(limits: dict[str, Limit], *, now: datetime) -> None:
    """Raises PermissionDenied where a limit is reached: before the password is checked, so that a right guess looks
    like a wrong one."""
    taken: list[str] = []
    for key, limit in limits.items():
        if not attempt_take(key=key, limit=limit, now=now):
            for earlier in taken:
                attempt_give_back(key=earlier)
            raise PermissionDenied
        taken.append(key)
