"""First-run setup: the account of the owner, created once."""

from __future__ import annotations

import hmac
import logging
from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from classifier.accounts.security_log import Kind, record_event
from classifier.accounts.users import password_check, username_clean
from classifier.errors import ProductError
from classifier.models import Person, Setup
from mmc.installation import load_or_create_secret

logger = logging.getLogger(__name__)


def setup_required() -> bool:
    """Whether there is no account yet."""
    return not Person.objects.exists()


def owner_create(*, username: str, password: str, setup_token: str = "", now: datetime) -> Person:
    if settings.REQUIRE_SETUP_TOKEN and not hmac.compare_digest(
        setup_token.strip().encode(), current_setup_token().encode()
    ):
        raise ProductError(
            "setup_token_wrong", gettext("Wrong setup token: copy it from the server’s log."), HTTPStatus.FORBIDDEN
        )
    if not setup_required():
        raise _setup_done()
    username = username_clean(username)
    password_check(password, Person(username=username))
    try:
        with transaction.atomic():
            # Of two concurrent requests, only one can insert this row.
            Setup.objects.create(done_at=now)
            owner = Person.objects.create_superuser(username=username, password=password)
    except IntegrityError:
        raise _setup_done() from None
    (settings.DATA_DIR / "setup_token").unlink(missing_ok=True)
    record_event(Kind.ACCOUNT_CREATED, owner, by=owner, how="setup")
    return owner


def setup_token_log() -> None:
    """Write the setup token to the log, if setup will ask for it."""
    try:
        required = setup_required()
    except DatabaseError:
        return  # There are no tables yet.
    if required and settings.REQUIRE_SETUP_TOKEN:
        logger.warning("There is no account yet. The setup token is: %s", current_setup_token())


def current_setup_token() -> str:
    if settings.SECRET_KEY_IS_SHARED:
        # Any web host may get the request, so all of them have to know the token.
        return salted_hmac("classifier.setup_token", "", algorithm="sha256").hexdigest()
    return load_or_create_secret(settings.DATA_DIR / "setup_token")


def _setup_done() -> ProductError:
    return ProductError("setup_done", gettext("The owner’s account already exists: sign in."), HTTPStatus.CONFLICT)
