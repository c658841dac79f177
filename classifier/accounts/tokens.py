"""Keys to the API."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import Q

from classifier.errors import ProductError
from classifier.models import ApiToken, Person

PREFIX_LENGTH = 8
NOTED_EVERY = timedelta(minutes=1)


def token_make(*, owner: Person, name: str, now: datetime) -> tuple[ApiToken, str]:
    """The token and its key, which is kept nowhere."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= 80:
        raise ProductError("token_name", "A token needs a name of 1 to 80 characters that says what uses it.")
    key = f"mmc_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        owner=owner, name=name, prefix=key[:PREFIX_LENGTH], fingerprint=fingerprint(key), created_at=now
    )
    return token, key


def token_revoke(*, owner: Person, token_id: int) -> bool:
    deleted, _ = ApiToken.objects.for_owner(owner).filter(id=token_id).delete()
    return bool(deleted)


def token_owner(*, key: str, now: datetime) -> ApiToken | None:
    """The token of this key with its owner; None where it was revoked or its owner may not sign in."""
    token = ApiToken.objects.filter(fingerprint=fingerprint(key), owner__is_active=True).select_related("owner").first()
    if token is not None:
        # Once a minute at most, so that reading does not become writing.
        ApiToken.objects.filter(
            Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - NOTED_EVERY), id=token.id
        ).update(last_used_at=now)
    return token


def fingerprint(key: str) -> str:
    """A plain hash is enough: the key is random and long, so that no list of guesses finds it."""
    return hashlib.sha256(key.encode()).hexdigest()
