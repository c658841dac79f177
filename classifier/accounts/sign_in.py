"""Signing in: by password, second factor, passkey, another service or a proxy. What all of them do is here."""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth import authenticate, login, user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext

from classifier.accounts.second_factor import has_second_factor
from classifier.accounts.security_log import Kind, record_event
from classifier.accounts.sessions import confirm, session_seen
from classifier.errors import ProductError
from classifier.models import Person, UserSession

BACKEND = "classifier.accounts.backends.ThrottledBackend"
PENDING = "pending_sign_in"
PENDING_S = 600
BY_OTHER_SERVICE = "signed_in_by_other_service"
OWN_METHODS = ("password", "passkey", "invitation", "sign-up", "setup")
"""Of signing in, those that this installation checks itself."""


def sign_in(request: HttpRequest, person: Person, *, method: str) -> None:
    """Start a session, after everything was checked. `method` is for the security log."""
    request.sign_in_method = method  # type: ignore[attr-defined]
    login(request, person, backend=BACKEND)
    request.session[BY_OTHER_SERVICE] = method.partition(" and ")[0] not in OWN_METHODS


def password_must_change(request: HttpRequest, person: Person) -> bool:
    """Whether the person has to choose a password before anything else. Not where another service signs them in: they
    may never have seen the temporary one."""
    if not person.password_is_temporary:
        return False
    by_other_service = getattr(request, BY_OTHER_SERVICE, False) or request.session.get(BY_OTHER_SERVICE, False)
    return not by_other_service


def password_confirm(*, request: HttpRequest, person: Person, password: str) -> None:
    """Check the password of somebody who is signed in, with the same limit of wrong ones as signing in."""
    checked = authenticate(request, username=person.username, password=password)
    if checked is None or checked.pk != person.pk:
        raise ProductError("password_wrong", gettext("Wrong password. After several wrong attempts, wait ten minutes."))


def sign_in_or_ask(request: HttpRequest, person: Person, *, method: str, next_address: str) -> str:
    """Start a session, or note that the second factor is still missing. Returns the name of the page that follows."""
    if not has_second_factor(person):
        sign_in(request, person, method=method)
        return next_address
    request.session[PENDING] = {
        "person": person.pk,
        # A new password in the meantime ends this too.
        "hash": person.get_session_auth_hash(),
        "method": method,
        "next": next_address,
        "until": time.time() + PENDING_S,
    }
    return reverse("second-factor")


def pending_sign_in(request: HttpRequest) -> tuple[Person, str, str] | None:
    """Who gave a password and not yet the second factor, with the method and the page that follows."""
    pending = request.session.get(PENDING) or {}
    if pending.get("until", 0) < time.time():
        return None
    person = Person.objects.filter(id=pending["person"], is_active=True).first()
    if person is None or not constant_time_compare(person.get_session_auth_hash(), pending["hash"]):
        return None
    return person, pending["method"], pending["next"]


@receiver(user_logged_in)
def _signed_in(sender: Any, request: HttpRequest | None, user: Person, **kwargs: Any) -> None:
    if request is None:
        return
    confirm(request)
    request.session.pop(PENDING, None)
    session_seen(request, user, now=timezone.now())
    method = getattr(request, "sign_in_method", "password")
    record_event(Kind.SIGNED_IN, user, request, by=user, method=method)


@receiver(user_login_failed)
def _sign_in_failed(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    """Of an unknown name nothing is kept: people type their password into the wrong field."""
    if request is None:
        return
    try:
        person = Person.objects.get_by_natural_key(credentials.get("username") or "")
    except Person.DoesNotExist:
        person = None
    record_event(Kind.SIGN_IN_FAILED, person, request, by=person, method=credentials.get("method", "password"))


@receiver(user_logged_out)
def _signed_out(sender: Any, request: HttpRequest, user: Person | None, **kwargs: Any) -> None:
    if user is None:
        return
    UserSession.objects.filter(session_key=request.session.session_key or "").delete()
    record_event(Kind.SIGNED_OUT, user, request, by=user)
