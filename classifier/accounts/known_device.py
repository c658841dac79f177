"""Browsers from which somebody has signed in before.

Limits on guesses for an address or a name alone would let an attacker lock out other users. A browser that knows them
is not subject to these limits, by a signed cookie that only says whose it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import user_logged_in
from django.core import signing
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from classifier.fields import fold_name
from classifier.models import Person

COOKIE = "known_device"
MAX_AGE_S = 365 * 24 * 3600


class KnownDevice:
    """Sets the cookie with the answer to a sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        person = getattr(request, "known_from_now_on", None)
        if person is not None:
            response.set_cookie(
                COOKIE,
                signing.dumps(person.pk, salt=COOKIE),
                max_age=MAX_AGE_S,
                path=settings.SESSION_COOKIE_PATH,
                secure=settings.HTTPS,
                httponly=True,
                samesite="Lax",
            )
        return response


@receiver(user_logged_in)
def _signed_in(sender: Any, request: HttpRequest | None, user: Person, **kwargs: Any) -> None:
    if request is not None:
        request.known_from_now_on = user  # type: ignore[attr-defined]


def device_is_known(request: HttpRequest, username: str) -> bool:
    """Whether the person of this name has signed in from this browser."""
    try:
        person_id = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=MAX_AGE_S)
    except signing.BadSignature:
        return False
    names = Person.objects.filter(pk=person_id).values_list("username", "former_username").first() or ()
    return fold_name(username) in {fold_name(name) for name in names if name}
