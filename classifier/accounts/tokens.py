"""API tokens: what they may do, how long they are valid, and how they end."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext

from classifier.accounts.security_log import Kind, record_event
from classifier.errors import ProductError
from classifier.models import ApiToken, Person

logger = logging.getLogger(__name__)

PREFIX_LENGTH = 8
LAST_USED_EVERY = timedelta(minutes=1)
MAX_DAYS = 3650


def token_create(
    *,
    owner: Person,
    name: str,
    now: datetime,
    scopes: Sequence[str] = ApiToken.DEFAULT_SCOPES,
    days: int | None = None,
    ends_with_password: bool = False,
    request: HttpRequest | None = None,
) -> tuple[ApiToken, str]:
    """The token and its key, of which only the hash is stored. Without `days` it never expires."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= 80:
        raise ProductError(
            "token_name", gettext("A token needs a name of 1 to 80 characters: name the program that uses it.")
        )
    if not scopes or not set(scopes) <= set(ApiToken.SCOPES):
        raise ProductError(
            "token_scopes",
            gettext("A token needs one or more of the scopes %(scopes)s.") % {"scopes": ", ".join(ApiToken.SCOPES)},
        )
    if days is not None and not 1 <= days <= MAX_DAYS:
        raise ProductError(
            "token_expiry", gettext("A token is valid for 1 to %(most)s days, or without an end.") % {"most": MAX_DAYS}
        )
    key = f"mmc_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        owner=owner,
        name=name,
        prefix=key[:PREFIX_LENGTH],
        fingerprint=fingerprint(key),
        scopes=" ".join(scope for scope in ApiToken.SCOPES if scope in scopes),
        created_at=now,
        expires_at=now + timedelta(days=days) if days else None,
        ends_with_password=ends_with_password,
    )
    record_event(Kind.TOKEN_CREATED, owner, request, name=name, scopes=token.scopes)
    return token, key


def token_revoke(*, owner: Person, token_id: int, request: HttpRequest | None = None) -> bool:
    token = ApiToken.objects.for_owner(owner).filter(id=token_id).first()
    if token is None:
        return False
    token.delete()
    record_event(Kind.TOKEN_REVOKED, owner, request, name=token.name)
    return True


def tokens_revoke(*, owner: Person, request: HttpRequest | None = None, by: Person | None = None) -> int:
    """All tokens of a person."""
    deleted, _ = ApiToken.objects.for_owner(owner).delete()
    if deleted:
        record_event(Kind.TOKEN_REVOKED, owner, request, by=by, tokens=deleted)
    return deleted


def tokens_end_with_password(*, owner: Person) -> int:
    """Those that were created so that they end with the next new password."""
    deleted, _ = ApiToken.objects.for_owner(owner).filter(ends_with_password=True).delete()
    return deleted


def token_of_key(*, key: str, now: datetime) -> ApiToken | None:
    """The token of this key with its owner, expired or not; None if it was revoked or its owner is not active."""
    token = ApiToken.objects.filter(fingerprint=fingerprint(key), owner__is_active=True).select_related("owner").first()
    if token is not None and not is_expired(token, now=now):
        _used(token, now)
    return token


def is_expired(token: ApiToken, *, now: datetime) -> bool:
    return token.expires_at is not None and token.expires_at <= now


def _used(token: ApiToken, now: datetime) -> None:
    """At most once a minute, so that most requests write nothing; a database that cannot be written does no harm."""
    if token.last_used_at is not None and now - LAST_USED_EVERY <= token.last_used_at <= now:
        return
    due = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - LAST_USED_EVERY) | Q(last_used_at__gt=now)
    try:
        with transaction.atomic():
            if ApiToken.objects.filter(due, id=token.id).update(last_used_at=now):
                Person.objects.filter(id=token.owner_id).update(last_seen_at=now)
    except DatabaseError as error:
        logger.warning("The last use of the token %s could not be stored: %s", token.prefix, error)


def fingerprint(key: str) -> str:
    """A plain hash is enough for a long random key, which cannot be guessed."""
    return hashlib.sha256(key.encode()).hexdigest()
