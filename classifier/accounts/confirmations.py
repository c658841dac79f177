"""Checks the password of somebody who is signed in already, with the same limit of wrong ones as signing in."""

from __future__ import annotations

from django.contrib.auth import authenticate
from django.http import HttpRequest

from classifier.errors import ProductError
from classifier.models import Person


def password_confirm(*, request: HttpRequest, person: Person, password: str) -> None:
    checked = authenticate(request, username=person.username, password=password)
    if checked is None or checked.pk != person.pk:
        raise ProductError("password_wrong", "Wrong password. After several wrong attempts, wait ten minutes.")
