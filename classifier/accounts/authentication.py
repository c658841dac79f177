"""Who sends a request: a user with a session, or a program with an API token."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django_htmx.middleware import HtmxDetails
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from classifier.accounts.tokens import token_of_key
from classifier.errors import error_json
from classifier.models import ApiToken, Person

SCHEMES = ("bearer", "token")
INVALID_MESSAGE = "This token is not valid: it was revoked, or it was not copied completely."

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class AuthenticatedHttpRequest(HttpRequest):
    """The request of a signed-in user, as every view gets it that is not marked `login_not_required`."""

    user: Person
    htmx: HtmxDetails


class AuthenticatedApiRequest(Request):
    """The same for the views of the API."""

    user: Person


class TokenAuthentication(BaseAuthentication):
    """For the API: the token in the Authorization header."""

    def authenticate(self, request: Request) -> tuple[Person, ApiToken] | None:
        key = _key(request)
        if key is None:
            return None
        token = token_of_key(key=key, now=timezone.now())
        if token is None:
            raise AuthenticationFailed(INVALID_MESSAGE)
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        """Without it a missing token would be answered with 403 instead of 401."""
        return "Bearer"


def token_allowed(view: View) -> View:
    """Mark a view outside the API that also accepts an API token."""
    view.token_allowed = True  # type: ignore[attr-defined]
    return view


class TokenMiddleware:
    """Signs in the owner of a token, for this request only and only where the view is marked `token_allowed`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        key = _key(request) if getattr(view, "token_allowed", False) else None
        if key is None:
            return None
        token = token_of_key(key=key, now=timezone.now())
        if token is None:
            return JsonResponse(
                error_json("token_unknown", INVALID_MESSAGE),
                status=HTTPStatus.UNAUTHORIZED,
                headers={"WWW-Authenticate": "Bearer"},
            )
        request.user = token.owner
        # Browsers never add an Authorization header on their own, so that no other site can forge such a request.
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        return None


def _key(request: HttpRequest | Request) -> str | None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() in SCHEMES else None
