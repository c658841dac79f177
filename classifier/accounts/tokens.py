"""API tokens."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import Q

from classifier.errors import ProductError
from classifier.models import ApiToken, Person

PREFIX_LENGTH = 8
LAST_USED_EVERY = timedelta(minutes=1)


def token_create(*, owner: Person, name: str, now: datetime) -> tuple[ApiToken, str]:
    """The token and its key, of which only the hash is stored."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= 80:
        raise ProductError("token_name", "A token needs a name of 1 to 80 characters: name the program that uses it.")
    key = f"mmc_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        owner=owner, name=name, prefix=key[:PREFIX_LENGTH], fingerprint=fingerprint(key), created_at=now
    )
    return token, key


def token_revoke(*, owner: Person, token_id: int) -> bool:
    deleted, _ = ApiToken.objects.for_owner(owner).filter(id=token_id).delete()
    return bool(deleted)


def token_of_key(*, key: str, now: datetime) -> ApiToken | None:
    """The token of this key with its owner; None if it was revoked or its owner is not active."""
    token = ApiToken.objects.filter(fingerprint=fingerprint(key), owner__is_active=True).select_related("owner").first()
    if token is not None:
        # At most once a minute, so that most requests write nothing.
        ApiToken.objects.filter(
            Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - LAST_USED_EVERY), id=token.id
        ).update(last_used_at=now)
    return token


def fingerprint(key: str) -> str:
    """A plain hash is enough for a long random key, which cannot be guessed."""
    return hashlib.sha256(key.encode()).hexdigest()
