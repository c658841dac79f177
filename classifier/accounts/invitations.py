"""Accounts that people create themselves: by an invitation, which works once and expires, or freely."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from http import HTTPStatus

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext

from classifier.accounts.attempt_limits import attempt_give_back, attempt_key, attempt_take
from classifier.accounts.client_address import client_address
from classifier.accounts.first_run import setup_required
from classifier.accounts.security_log import Kind, record_event
from classifier.accounts.tokens import fingerprint
from classifier.accounts.users import name_taken, not_owner, user_create, username_clean
from classifier.errors import ProductError
from classifier.fields import fold_name
from classifier.models import Invitation, Person

OFF, INVITATION, OPEN = "off", "invitation", "open"
VALID_FOR = timedelta(days=7)


def invitation_create(
    *, by: Person, username: str = "", now: datetime, request: HttpRequest | None = None
) -> tuple[Invitation, str]:
    """The invitation and the secret of its link. Without a user name, the invited person chooses it."""
    if not by.is_owner:
        raise not_owner(gettext("Only an owner of this installation can invite users."))
    if username:
        username = username_clean(username)
        if Person.objects.filter(name_key=fold_name(username)).exists():
            raise name_taken(username)
    elif settings.SIGN_UP == OFF:
        raise ProductError(
            "name_invalid",
            gettext("Enter the name of the user that you invite: with SIGN_UP off, people cannot choose a name."),
        )
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        fingerprint=fingerprint(secret), username=username, created_by=by, created_at=now, expires_at=now + VALID_FOR
    )
    record_event(Kind.INVITATION_CREATED, None, request, by=by, name=username)
    return invitation, secret


def invitation_of_secret(*, secret: str, now: datetime) -> Invitation:
    """The invitation that a link stands for, if it can still be used."""
    invitation = Invitation.objects.filter(
        fingerprint=fingerprint(secret), used_at__isnull=True, expires_at__gt=now
    ).first()
    if invitation is None:
        raise ProductError(
            "invitation_invalid",
            gettext("This invitation was used, has expired or was not copied completely: ask for a new one."),
            HTTPStatus.GONE,
        )
    return invitation


def invitation_revoke(*, by: Person, invitation_id: int, request: HttpRequest | None = None) -> bool:
    if not by.is_owner:
        raise not_owner(gettext("Only an owner of this installation can revoke invitations."))
    invitation = Invitation.objects.filter(id=invitation_id, used_at__isnull=True).first()
    if invitation is None:
        return False
    invitation.delete()
    record_event(Kind.INVITATION_REVOKED, None, request, by=by, name=invitation.username)
    return True


def invitation_accept(
    *,
    invitation: Invitation,
    username: str = "",
    password: str | None,
    email: str = "",
    now: datetime,
    request: HttpRequest | None = None,
) -> Person:
    """Create the account. Of two who use the link at the same time, one gets it."""
    with transaction.atomic():
        used = Invitation.objects.filter(id=invitation.id, used_at__isnull=True, expires_at__gt=now).update(used_at=now)
        if not used:
            raise ProductError(
                "invitation_invalid", gettext("This invitation was used meanwhile: ask for a new one."), HTTPStatus.GONE
            )
        person = user_create(username=invitation.username or username, password=password, email=email)
    record_event(Kind.INVITATION_USED, person, request, by=person)
    record_event(Kind.ACCOUNT_CREATED, person, request, by=person, how="invitation")
    return person


def sign_up(*, username: str, password: str | None, email: str = "", now: datetime, request: HttpRequest) -> Person:
    """An account that somebody creates without an invitation. Another service that vouches for them sends no password,
    and nobody can flood this with the accounts of that."""
    sign_up_check()
    key = attempt_key("sign-up", client_address(request))
    if password is not None and not attempt_take(key=key, now=now):
        raise ProductError(
            "too_many_sign_ups",
            gettext("Too many accounts were created from this address: wait ten minutes."),
            HTTPStatus.TOO_MANY_REQUESTS,
        )
    try:
        person = user_create(username=username, password=password, email=email)
    except ProductError:
        if password is not None:
            attempt_give_back(key=key)
        raise
    record_event(Kind.ACCOUNT_CREATED, person, request, by=person, how="sign-up")
    return person


def sign_up_check() -> None:
    if settings.SIGN_UP != OPEN or setup_required():
        raise ProductError(
            "sign_up_closed",
            gettext("You need an invitation to create an account: ask the owner of this installation."),
            HTTPStatus.FORBIDDEN,
        )


def open_invitations(*, now: datetime) -> list[Invitation]:
    return list(Invitation.objects.filter(used_at__isnull=True, expires_at__gt=now).select_related("created_by"))


def old_invitations_delete(*, now: datetime) -> None:
    Invitation.objects.filter(expires_at__lt=now - VALID_FOR).delete()
