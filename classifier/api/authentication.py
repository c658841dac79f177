"""A key in the Authorization header."""

from __future__ import annotations

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from classifier.accounts.tokens import token_owner
from classifier.models import ApiToken, Person

SCHEMES = (b"bearer", b"token")


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Person, ApiToken] | None:
        scheme, _, key = get_authorization_header(request).partition(b" ")
        if scheme.lower() not in SCHEMES:
            return None
        token = token_owner(key=key.strip().decode("latin-1"), now=timezone.now())
        if token is None:
            raise AuthenticationFailed("This token is not known: it was revoked, or it was not copied whole.")
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        """Without it a missing key would be answered with 403 instead of 401."""
        return "Bearer"
