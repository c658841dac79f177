"""User names and passwords."""

from __future__ import annotations

import secrets
import unicodedata
from http import HTTPStatus

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext

from classifier.accounts.security_log import Kind, record_event
from classifier.accounts.sessions import sessions_end
from classifier.accounts.tokens import tokens_end_with_password
from classifier.errors import ProductError
from classifier.models import Person


def user_add(
    *,
    by: Person,
    username: str,
    password: str,
    temporary: bool = False,
    request: HttpRequest | None = None,
) -> Person:
    """Only an owner of the installation can add users."""
    if not by.is_owner:
        raise not_owner(gettext("Only an owner of this installation can add users."))
    person = user_create(username=username, password=password, temporary=temporary)
    record_event(Kind.ACCOUNT_CREATED, person, request, by=by, how="added")
    return person


def user_create(*, username: str, password: str | None, temporary: bool = False, email: str = "") -> Person:
    """Without a password, the account can only be used by another way of signing in."""
    username = username_clean(username)
    if password is not None:
        password_check(password, Person(username=username))
    try:
        with transaction.atomic():
            return Person.objects.create_user(
                username=username, email=email, password=password, password_is_temporary=temporary
            )
    except IntegrityError:
        raise name_taken(username) from None


def user_rename(*, person: Person, username: str, request: HttpRequest | None = None, by: Person | None = None) -> None:
    username = username_clean(username)
    before = person.username
    if username == before and not person.former_username:
        return
    person.username = username
    # Once a name was chosen on purpose, the one from before names were compared without case is given up.
    person.former_username = ""
    try:
        with transaction.atomic():
            person.save(update_fields=["username", "name_key", "former_username"])
    except IntegrityError:
        person.refresh_from_db()
        raise name_taken(username) from None
    record_event(Kind.ACCOUNT_RENAMED, person, request, by=by, **{"from": before, "to": username})


def username_clean(username: str) -> str:
    username = unicodedata.normalize("NFKC", username).strip()
    try:
        Person._meta.get_field("username").run_validators(username)
    except ValidationError as error:
        raise ProductError("name_invalid", " ".join(error.messages)) from None
    if not username:
        raise ProductError("name_invalid", gettext("An account needs a user name of 1 to 150 characters."))
    return username


def name_taken(username: str) -> ProductError:
    return ProductError(
        "name_taken",
        gettext("There is already a user “%(username)s”, perhaps in other capital letters: choose another name.")
        % {"username": username},
        HTTPStatus.CONFLICT,
    )


def not_owner(message: str) -> ProductError:
    return ProductError("not_owner", message, HTTPStatus.FORBIDDEN)


def password_check(password: str, user: Person) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ProductError("password_weak", " ".join(error.messages)) from error


def password_set(
    *,
    user: Person,
    password: str,
    temporary: bool = False,
    request: HttpRequest | None = None,
    keep_session: bool = False,
    by: Person | None = None,
) -> None:
    """Ends every session of the user, but that of the request if it is to be kept, and the tokens that shall end."""
    password_check(password, user)
    user.set_password(password)
    user.password_is_temporary = temporary
    user.save(update_fields=["password", "password_is_temporary"])
    ended = sessions_end(person=user, keep=request if keep_session else None)
    revoked = tokens_end_with_password(owner=user)
    record_event(
        Kind.PASSWORD_CHANGED, user, request, by=by, sessions_ended=ended or None, tokens_revoked=revoked or None
    )


def password_generate() -> str:
    """A password to be shown once and changed by the user: 99 bits, in letters that are easy to read aloud."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def user_named(username: str) -> Person:
    """The user that a command names. Raises CommandError."""
    try:
        return Person.objects.get_by_natural_key(username)
    except Person.DoesNotExist:
        names = ", ".join(Person.objects.order_by("username").values_list("username", flat=True)[:20])
        raise CommandError(f"There is no user “{username}”. Users: {names or 'none yet'}.") from None
