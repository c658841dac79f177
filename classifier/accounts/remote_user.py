"""Sign-in by a header of the proxy in front (REMOTE_USER_HEADER), believed only from named addresses."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from classifier.accounts.first_run import setup_required
from classifier.accounts.invitations import OPEN, sign_up
from classifier.accounts.oidc import account_inactive
from classifier.accounts.sign_in import BY_OTHER_SERVICE, sign_in
from classifier.error_responses import error_response
from classifier.errors import ProductError
from classifier.fields import fold_name
from classifier.models import Person

BY_HEADER = "signed_in_by_header"


class RemoteUser:
    """Middleware: signs in the user whom the proxy names. The header of other clients is removed before it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.REMOTE_USER_HEADER:
            name = request.META.pop(f"HTTP_{settings.REMOTE_USER_HEADER.upper().replace('-', '_')}", "").strip()
            if from_named_address(request):
                try:
                    self._apply(request, name)
                except ProductError as error:
                    return error_response(request, error)
        return self.get_response(request)

    def _apply(self, request: HttpRequest, name: str) -> None:
        if not name:
            # The proxy has signed them out.
            if request.session.get(BY_HEADER):
                logout(request)
            return
        if getattr(request.user, "name_key", None) == fold_name(name):
            return
        if setup_required():
            return
        person = _person(name, request)
        if request.path_info.startswith("/api/"):
            # Programs keep no cookies: a session for each of their calls would be a waste.
            request.user = person
            setattr(request, BY_OTHER_SERVICE, True)
            return
        sign_in(request, person, method="header of the proxy")
        request.session[BY_HEADER] = True


def from_named_address(request: HttpRequest) -> bool:
    """By the address of the connection itself, not by a header that says where it comes from."""
    try:
        peer = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(peer in network for network in settings.REMOTE_USER_FROM)


def _person(name: str, request: HttpRequest) -> Person:
    try:
        person = Person.objects.get_by_natural_key(name)
    except Person.DoesNotExist:
        if settings.SIGN_UP == OPEN:
            return sign_up(username=name, password=None, now=timezone.now(), request=request)
        raise ProductError(
            "remote_user_unknown",
            gettext(
                "The proxy signed you in as “%(name)s”, and there is no such account here: ask the owner of this "
                "installation to add it."
            )
            % {"name": name[:150]},
            403,
        ) from None
    if not person.is_active:
        raise account_inactive()
    return person
