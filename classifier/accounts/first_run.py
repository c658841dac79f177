"""The first account: made once, by whoever may."""

from __future__ import annotations

import hmac
import logging
from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction

from classifier.accounts.people import password_check
from classifier.errors import ProductError
from classifier.models import Person, Setup
from mmc.installation import load_or_create_secret

logger = logging.getLogger(__name__)


def setup_due() -> bool:
    """Whether the owner's account is still to be made."""
    return not Person.objects.exists()


def owner_create(*, username: str, password: str, setup_token: str = "", now: datetime) -> Person:
    if settings.REQUIRE_SETUP_TOKEN and not hmac.compare_digest(setup_token.strip().encode(), _token().encode()):
        raise ProductError(
            "setup_token_wrong", "This is not the setup token: copy it from the server's log.", HTTPStatus.FORBIDDEN
        )
    if not setup_due():
        raise _done_already()
    password_check(password, Person(username=username))
    try:
        with transaction.atomic():
            # Of two visitors at once, the one who inserts the one row makes the account.
            Setup.objects.create(done_at=now)
            owner = Person.objects.create_superuser(username=username, password=password)
    except IntegrityError:
        raise _done_already() from None
    (settings.DATA_DIR / "setup_token").unlink(missing_ok=True)
    return owner


def setup_announce() -> None:
    """Show in the log what the first visitor will be asked for."""
    try:
        due = setup_due()
    except DatabaseError:
        return  # There are no tables yet, so that nobody can set anything up either.
    if due and settings.REQUIRE_SETUP_TOKEN:
        logger.warning("No account has been made yet. The setup token is: %s", _token())


def _token() -> str:
    return load_or_create_secret(settings.DATA_DIR / "setup_token")


def _done_already() -> ProductError:
    return ProductError("setup_done", "The owner's account has been made already: sign in.", HTTPStatus.CONFLICT)
