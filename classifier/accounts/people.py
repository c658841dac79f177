"""Further people, and passwords."""

from __future__ import annotations

import secrets
from http import HTTPStatus

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction

from classifier.errors import ProductError
from classifier.models import Person


def person_add(*, by: Person, username: str, password: str) -> Person:
    """Only the owner adds people; they own nothing but their songs."""
    if not by.is_owner:
        raise ProductError("not_owner", "Only the owner adds people: ask them.", HTTPStatus.FORBIDDEN)
    password_check(password, Person(username=username))
    try:
        with transaction.atomic():
            return Person.objects.create_user(username=username, password=password)
    except IntegrityError:
        raise ProductError(
            "name_taken", f"There is somebody called “{username}” already: choose another name.", HTTPStatus.CONFLICT
        ) from None


def password_check(password: str, person: Person) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise ProductError("password_weak", " ".join(error.messages)) from error


def password_set(*, person: Person, password: str) -> None:
    """Ends every session of the person, since each carries a hash of the old password."""
    password_check(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])


def password_make() -> str:
    """A password to be told once and changed: 99 bits, in letters that are read aloud easily."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def person_named(username: str) -> Person:
    person = Person.objects.filter(username=username).first()
    if person is None:
        known = ", ".join(Person.objects.order_by("username").values_list("username", flat=True)[:20])
        raise CommandError(f"There is nobody called “{username}”; there are: {known or 'none yet'}.")
    return person
