"""Who sends a request: a user with a session, or a program with an API token."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext
from django_htmx.middleware import HtmxDetails
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from classifier.accounts.sign_in import password_must_change
from classifier.accounts.tokens import is_expired, token_of_key
from classifier.error_responses import error_response, wants_json
from classifier.errors import ProductError, error_json
from classifier.models import ApiToken, Person

SCHEMES = ("bearer", "token")
INVALID_MESSAGE = "This token is not valid: it was revoked, or it was not copied completely."


class TokenExpired(AuthenticationFailed):
    """Its owner gave the token an end."""


class ScopeMissing(PermissionDenied):
    """The token is valid, and not for this."""


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
        now = timezone.now()
        token = token_of_key(key=key, now=now)
        if token is None:
            raise AuthenticationFailed(INVALID_MESSAGE)
        if is_expired(token, now=now):
            raise TokenExpired(_expired_message(token))
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        """Without it a missing token would be answered with 403 instead of 401."""
        return "Bearer"


class OwnPassword(BasePermission):
    """For the API: nothing is allowed, by session or token, while the password of the user is temporary."""

    def has_permission(self, request: Request, view: Any) -> bool:
        # The user of a session that is not signed in has no such column; the other permissions reject it.
        if isinstance(request.user, Person) and password_must_change(request._request, request.user):
            raise password_temporary()
        return True


class TokenScope(BasePermission):
    """For the API: a token needs the scope `read` for requests that read, and `write` for all others, unless the view
    has a `token_scope` of its own. A session may do everything."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, ApiToken):
            return True
        by_method = ApiToken.READ if request.method in SAFE_METHODS else ApiToken.WRITE
        scope = getattr(view, "token_scope", None) or by_method
        if not request.auth.has_scope(scope):
            raise ScopeMissing(_scope_message(scope))
        return True


def token_allowed(view: View) -> View:
    """Mark a view outside the API that also accepts an API token."""
    view.token_allowed = True  # type: ignore[attr-defined]
    return view


class TokenMiddleware(MiddlewareMixin):
    """Signs in the owner of a token, for this request only and only where the view is marked `token_allowed`."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        key = _key(request) if getattr(view, "token_allowed", False) else None
        if key is None:
            return None
        now = timezone.now()
        token = token_of_key(key=key, now=now)
        if token is None:
            return _unauthorized("token_unknown", INVALID_MESSAGE)
        if is_expired(token, now=now):
            return _unauthorized("token_expired", _expired_message(token))
        if not token.has_scope(ApiToken.READ):
            error = error_json("scope_missing", _scope_message(ApiToken.READ))
            return JsonResponse(error, status=HTTPStatus.FORBIDDEN)
        request.user = token.owner
        # Browsers never add an Authorization header on their own, so that no other site can forge such a request.
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        return None


class TemporaryPassword(MiddlewareMixin):
    """Middleware: while a password is temporary, its user reaches only the page that changes it, and signs out."""

    ALLOWED = ("password", "logout")

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        # Views without sign-in are for everybody; those of the API have `OwnPassword`.
        if not getattr(view, "login_required", True) or not isinstance(request.user, Person):
            return None
        match = request.resolver_match
        if (match and match.url_name in self.ALLOWED) or not password_must_change(request, request.user):
            return None
        if wants_json(request) or _key(request) is not None:
            error = password_temporary()
            return JsonResponse(error_json(error.code, error.message), status=error.http_status)
        if request.method in SAFE_METHODS:
            return redirect("password")
        return error_response(request, password_temporary())


def password_temporary() -> ProductError:
    return ProductError(
        "password_temporary",
        gettext("Your password is temporary: sign in, and change it on the page “Password” first."),
        HTTPStatus.FORBIDDEN,
    )


def _key(request: HttpRequest | Request) -> str | None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() in SCHEMES else None


def _unauthorized(code: str, message: str) -> JsonResponse:
    headers = {"WWW-Authenticate": "Bearer"}
    return JsonResponse(error_json(code, message), status=HTTPStatus.UNAUTHORIZED, headers=headers)


def _expired_message(token: ApiToken) -> str:
    return f"This token expired on {token.expires_at:%Y-%m-%d}: create a new one on the page “API tokens”."


def _scope_message(scope: str) -> str:
    return f"This token does not have the scope “{scope}”: create one that has it on the page “API tokens”."
