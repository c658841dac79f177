"""Sessions of browsers: who is signed in where, and how to end it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from classifier.accounts.client_address import stored_address, user_agent
from classifier.models import Person, UserSession

# A session and its owner are written at most once in this time.
SEEN_EVERY_S = 60
CONFIRMED_AT = "confirmed_at"
# After this, pages that change how an account is protected ask for the password again.
CONFIRMATION_S = 600


class SessionActivity:
    """Middleware: notes when and from where a session was last used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Only where the view has asked who it is: this must not read the database for style sheets and health checks.
        user = getattr(request, "_cached_user", None)
        if user is not None and user.is_authenticated and request.session.session_key:
            session_seen(request, user, now=timezone.now())
        return response


def session_seen(request: HttpRequest, person: Person, *, now: datetime) -> None:
    """At most once a minute; a database that cannot be written is no reason to refuse a page."""
    key = request.session.session_key or ""
    if not cache.add(f"session-seen-{hashlib.sha256(key.encode()).hexdigest()}", True, SEEN_EVERY_S):
        return
    values = {"last_seen_at": now, "address": stored_address(request), "user_agent": user_agent(request)}
    try:
        with transaction.atomic():
            if not UserSession.objects.filter(session_key=key, person=person).update(**values):
                UserSession.objects.create(person=person, session_key=key, created_at=now, **values)
            Person.objects.filter(id=person.id).update(last_seen_at=now)
    except DatabaseError:
        pass  # Also where another request of the same session was faster.


def sessions_of(person: Person, *, now: datetime) -> QuerySet[UserSession]:
    """Those that still exist, the last used first."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    return UserSession.objects.filter(Exists(alive), person=person)


def session_end(*, person: Person, session_id: int) -> bool:
    session = UserSession.objects.filter(person=person, id=session_id).first()
    if session is None:
        return False
    _store(session.session_key).delete()
    session.delete()
    return True


def sessions_end(*, person: Person, keep: HttpRequest | None = None) -> int:
    """End every session of a person, known here or not, but that of the request `keep`. Returns how many were known."""
    Person.objects.filter(id=person.id).update(session_epoch=F("session_epoch") + 1)
    person.refresh_from_db(fields=["session_epoch"])
    kept = keep.session.session_key if keep else None
    ended = UserSession.objects.filter(person=person).exclude(session_key=kept or "")
    keys = list(ended.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    ended.delete()
    if keep:
        _keep(keep, person)
    return len(keys)


def _keep(request: HttpRequest, person: Person) -> None:
    """Renew the hash of this session, and with it its key."""
    old_key = request.session.session_key
    update_session_auth_hash(request, person)
    UserSession.objects.filter(session_key=old_key).update(session_key=request.session.session_key)


def ended_sessions_delete() -> int:
    """Rows whose session expired or was ended elsewhere."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    deleted, _ = UserSession.objects.filter(~Exists(alive)).delete()
    return deleted


def confirm(request: HttpRequest) -> None:
    request.session[CONFIRMED_AT] = time.time()


def recently_confirmed(request: HttpRequest) -> bool:
    """Whether this session signed in, or gave the password again, in the last minutes."""
    confirmed_at = request.session.get(CONFIRMED_AT, 0)
    return 0 <= time.time() - confirmed_at < CONFIRMATION_S


def _store(key: str) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(session_key=key)
