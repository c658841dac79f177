"""Users and their passwords."""

from __future__ import annotations

import secrets
from http import HTTPStatus

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction

from classifier.errors import ProductError
from classifier.models import Person


def user_add(*, by: Person, username: str, password: str) -> Person:
    """Only the owner of the installation can add users."""
    if not by.is_owner:
        raise ProductError("not_owner", "Only the owner of this installation can add users.", HTTPStatus.FORBIDDEN)
    password_check(password, Person(username=username))
    try:
        with transaction.atomic():
            return Person.objects.create_user(username=username, password=password)
    except IntegrityError:
        raise ProductError(
            "name_taken", f"There is already a user “{username}”: choose another name.", HTTPStatus.CONFLICT
        ) from None


def password_check(password: str, user: Person) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ProductError("password_weak", " ".join(error.messages)) from error


def password_set(*, user: Person, password: str) -> None:
    """Ends every session of the user, since each has a hash of the old password."""
    password_check(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])


def password_generate() -> str:
    """A password to be shown once and changed by the user: 99 bits, in letters that are easy to read aloud."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def user_named(username: str) -> Person:
    """The user that a command names. Raises CommandError."""
    user = Person.objects.filter(username=username).first()
    if user is None:
        names = ", ".join(Person.objects.order_by("username").values_list("username", flat=True)[:20])
        raise CommandError(f"There is no user “{username}”. Users: {names or 'none yet'}.")
    return user
