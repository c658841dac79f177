"""What owners do with accounts. Each function checks that it is an owner who does it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext

from classifier.accounts.second_factor import second_factor_clear
from classifier.accounts.security_log import Kind, record_event
from classifier.accounts.sessions import sessions_end
from classifier.accounts.tokens import tokens_revoke
from classifier.accounts.users import not_owner, password_generate, password_set, user_rename
from classifier.errors import ProductError
from classifier.models import Person


def require_owner(by: Person) -> None:
    if not by.is_owner:
        raise not_owner(gettext("Only an owner of this installation can manage users."))


@contextlib.contextmanager
def an_owner_stays(person: Person) -> Iterator[None]:
    """Locks the owners, so that of two who remove each other at the same time one is refused."""
    with transaction.atomic():
        active = Person.objects.select_for_update().filter(is_superuser=True, is_active=True).order_by("id")
        if set(active.values_list("id", flat=True)) == {person.id}:
            raise ProductError(
                "last_owner",
                gettext(
                    "“%(name)s” is the only active owner, and an installation needs one: make another user an owner "
                    "first."
                )
                % {"name": person.username},
                HTTPStatus.CONFLICT,
            )
        yield


def person_rename(*, by: Person, person: Person, username: str, request: HttpRequest | None = None) -> None:
    require_owner(by)
    user_rename(person=person, username=username, request=request, by=by)


def person_set_email(*, by: Person, person: Person, email: str, request: HttpRequest | None = None) -> None:
    """Only an owner sets it, because the provider's users with this address can sign in to the account."""
    require_owner(by)
    email = email.strip()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise ProductError(
                "email_invalid", gettext("This is not an e-mail address, such as anna@example.org.")
            ) from None
        if Person.objects.filter(email__iexact=email).exclude(id=person.id).exists():
            raise ProductError("email_taken", gettext("Another user has this e-mail address."), HTTPStatus.CONFLICT)
    if email == person.email:
        return
    person.email = email
    person.save(update_fields=["email"])
    record_event(Kind.EMAIL_CHANGED, person, request, by=by, removed=not email or None)


def person_new_password(*, by: Person, person: Person, request: HttpRequest | None = None) -> str:
    """For somebody who forgot theirs. Ends their sessions."""
    require_owner(by)
    password = password_generate()
    password_set(user=person, password=password, temporary=True, request=request, by=by)
    return password


def person_deactivate(*, by: Person, person: Person, request: HttpRequest | None = None) -> None:
    """They cannot sign in, and their tokens do not work, until they are activated again. Their songs stay."""
    require_owner(by)
    with an_owner_stays(person):
        Person.objects.filter(id=person.id).update(is_active=False)
    person.is_active = False
    sessions_end(person=person)
    record_event(Kind.ACCOUNT_DEACTIVATED, person, request, by=by)


def person_activate(*, by: Person, person: Person, request: HttpRequest | None = None) -> None:
    require_owner(by)
    Person.objects.filter(id=person.id).update(is_active=True)
    person.is_active = True
    record_event(Kind.ACCOUNT_ACTIVATED, person, request, by=by)


def owner_add(*, by: Person, person: Person, request: HttpRequest | None = None) -> None:
    require_owner(by)
    if not person.is_active:
        raise ProductError(
            "not_active",
            gettext("A deactivated user cannot become an owner: activate the account first."),
            HTTPStatus.CONFLICT,
        )
    Person.objects.filter(id=person.id).update(is_superuser=True, is_staff=True)
    record_event(Kind.OWNER_ADDED, person, request, by=by)


def owner_remove(*, by: Person, person: Person, request: HttpRequest | None = None) -> None:
    require_owner(by)
    with an_owner_stays(person):
        Person.objects.filter(id=person.id).update(is_superuser=False, is_staff=False)
    record_event(Kind.OWNER_REMOVED, person, request, by=by)


def person_end_sessions(*, by: Person, person: Person, request: HttpRequest | None = None) -> int:
    require_owner(by)
    ended = sessions_end(person=person)
    record_event(Kind.SESSIONS_ENDED, person, request, by=by, sessions=ended)
    return ended


def person_revoke_tokens(*, by: Person, person: Person, request: HttpRequest | None = None) -> int:
    require_owner(by)
    return tokens_revoke(owner=person, request=request, by=by)


def person_remove_second_factor(*, by: Person, person: Person, request: HttpRequest | None = None) -> None:
    """For somebody who lost their phone and their recovery codes."""
    require_owner(by)
    second_factor_clear(person=person, request=request, by=by)
