"""Signing in with OpenID Connect: the provider says who somebody is, the rules here say whether they get in.

Authlib does the protocol: discovery, PKCE, state and nonce, and the check of the signed ID token. It is loaded with the
first sign-in of this kind.
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from classifier.accounts.client_address import absolute_address
from classifier.accounts.invitations import OPEN, invitation_accept, invitation_of_secret, sign_up
from classifier.accounts.security_log import Kind, record_event
from classifier.errors import ProductError
from classifier.fields import fold_name
from classifier.models import OidcIdentity, Person

logger = logging.getLogger(__name__)

TIMEOUT_S = 10
# Clocks of two servers may differ.
LEEWAY_S = 60
# Signed with a key that only the provider has.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
NAME_LENGTH = 140


def oidc_is_on() -> bool:
    return bool(settings.OIDC_ISSUER)


def oidc_redirect(request: HttpRequest) -> HttpResponse:
    """To the provider's sign-in page."""
    with _provider_errors():
        redirect: HttpResponse = _client().authorize_redirect(
            request, absolute_address(request, reverse("oidc-callback"))
        )
        return redirect


def oidc_claims(request: HttpRequest) -> dict[str, Any]:
    """What the provider's signed answer says about the person."""
    with _provider_errors():
        client = _client()
        # Issuer and audience: a token for another application of the same provider must not sign in here.
        expected = {
            "iss": {"essential": True, "values": [client.server_metadata["issuer"]]},
            "aud": {"essential": True, "value": client.client_id},
        }
        token = client.authorize_access_token(request, leeway=LEEWAY_S, claims_options=expected)
        claims = dict(token.get("userinfo") or {})
        if not claims.get("sub"):
            raise ValueError("The answer has no ID token.")
        needed = {"email", "groups"} if settings.OIDC_ALLOWED_GROUPS else {"email"}
        if not needed <= claims.keys() and client.load_server_metadata().get("userinfo_endpoint"):
            more = dict(client.userinfo(token=token))
            if more.get("sub") != claims["sub"]:
                raise ValueError("The user information is about somebody else.")
            claims = more | claims
    return claims


def oidc_person(
    *, claims: Mapping[str, Any], invitation_secret: str = "", now: datetime, request: HttpRequest
) -> Person:
    """The account that belongs to the claims: by subject, by verified e-mail address, or a new one where that is
    allowed."""
    _require_allowed(claims)
    identity = _identity(claims)
    if identity is not None:
        person = identity.person
        OidcIdentity.objects.filter(id=identity.id).update(last_used_at=now)
    else:
        person = _person_with_email(claims) or _new_person(claims, invitation_secret, now, request)
        _link(claims, person, now, request)
    if not person.is_active:
        raise account_inactive()
    return person


def oidc_link(*, claims: Mapping[str, Any], person: Person, now: datetime, request: HttpRequest) -> None:
    """For somebody who is signed in and adds this way of signing in."""
    _require_allowed(claims)
    identity = _identity(claims)
    if identity is not None and identity.person_id != person.pk:
        raise ProductError(
            "oidc_linked_elsewhere",
            gettext("Another account is linked with this sign-in already."),
            HTTPStatus.CONFLICT,
        )
    if identity is None:
        _link(claims, person, now, request)


def oidc_unlink(*, person: Person, request: HttpRequest | None = None) -> bool:
    if not person.has_usable_password():
        raise ProductError(
            "password_missing", gettext("Set a password first: without it, this is your only way to sign in."), 409
        )
    deleted, _ = OidcIdentity.objects.filter(person=person).delete()
    if deleted:
        record_event(Kind.SIGN_IN_UNLINKED, person, request, provider=settings.OIDC_NAME)
    return bool(deleted)


def account_inactive() -> ProductError:
    return ProductError(
        "account_inactive",
        gettext("This account is deactivated: ask the owner of this installation."),
        HTTPStatus.FORBIDDEN,
    )


def _identity(claims: Mapping[str, Any]) -> OidcIdentity | None:
    identities = OidcIdentity.objects.select_related("person")
    return identities.filter(issuer=settings.OIDC_ISSUER, subject=str(claims["sub"])[:255]).first()


def _link(claims: Mapping[str, Any], person: Person, now: datetime, request: HttpRequest) -> None:
    try:
        with transaction.atomic():
            OidcIdentity.objects.create(
                person=person,
                issuer=settings.OIDC_ISSUER,
                subject=str(claims["sub"])[:255],
                created_at=now,
                last_used_at=now,
            )
    except IntegrityError:
        return  # A second request of the same sign-in was faster.
    record_event(Kind.SIGN_IN_LINKED, person, request, by=person, provider=settings.OIDC_NAME)


def _require_allowed(claims: Mapping[str, Any]) -> None:
    domains = {domain.casefold() for domain in settings.OIDC_ALLOWED_DOMAINS}
    if domains and _verified_email(claims).rpartition("@")[2].casefold() not in domains:
        raise _not_allowed(
            gettext(
                "You are not allowed to sign in here: your e-mail address is not of an allowed domain, or not "
                "verified. Ask the owner of this installation."
            )
        )
    groups = claims.get("groups") or ()
    groups = {groups} if isinstance(groups, str) else set(map(str, groups))
    if settings.OIDC_ALLOWED_GROUPS and not groups & set(settings.OIDC_ALLOWED_GROUPS):
        raise _not_allowed(
            gettext(
                "You are not allowed to sign in here: you are in none of the allowed groups. Ask the owner of this "
                "installation."
            )
        )


def _not_allowed(message: str) -> ProductError:
    return ProductError(
        "oidc_not_allowed",
        message,
        HTTPStatus.FORBIDDEN,
    )


def _verified_email(claims: Mapping[str, Any]) -> str:
    """Some providers send `email_verified` as text. If it is missing, the address is not verified."""
    email = claims.get("email")
    verified = claims.get("email_verified") in (True, "true")
    return email.strip() if verified and isinstance(email, str) else ""


def _person_with_email(claims: Mapping[str, Any]) -> Person | None:
    email = _verified_email(claims)
    people = list(Person.objects.filter(email__iexact=email)[:2]) if email else []
    return people[0] if len(people) == 1 else None


def _new_person(claims: Mapping[str, Any], invitation_secret: str, now: datetime, request: HttpRequest) -> Person:
    email = _verified_email(claims)
    if email and Person.objects.filter(email__iexact=email).exists():
        email = ""
    if invitation_secret:
        invitation = invitation_of_secret(secret=invitation_secret, now=now)
        return invitation_accept(
            invitation=invitation, username=_free_name(claims), password=None, email=email, now=now, request=request
        )
    if settings.SIGN_UP == OPEN:
        return sign_up(username=_free_name(claims), password=None, email=email, now=now, request=request)
    raise ProductError(
        "oidc_unknown",
        gettext(
            "You are signed in at %(provider)s, and no account here belongs to that: ask the owner of this "
            "installation to invite you, or to enter your e-mail address."
        )
        % {"provider": settings.OIDC_NAME},
        HTTPStatus.FORBIDDEN,
    )


def _free_name(claims: Mapping[str, Any]) -> str:
    wanted = str(claims.get("preferred_username") or str(claims.get("email") or "").partition("@")[0])
    name = re.sub(r"[^\w.@+-]+", "-", wanted)[:NAME_LENGTH].strip("-") or "user"
    taken = set(Person.objects.filter(name_key__startswith=fold_name(name)).values_list("name_key", flat=True))
    number = 1
    candidate = name
    while fold_name(candidate) in taken:
        number += 1
        candidate = f"{name}-{number}"
    return candidate


def _client() -> Any:
    """The client with the provider's metadata, which is read once and then kept."""
    client = _client_for(settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET)
    metadata = client.load_server_metadata()
    if str(metadata.get("issuer", "")).rstrip("/") != settings.OIDC_ISSUER.rstrip("/"):
        raise ValueError(
            f"The metadata is that of {metadata.get('issuer')}, and OIDC_ISSUER is {settings.OIDC_ISSUER}."
        )
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name in ALGORITHMS]
    return client


@lru_cache(maxsize=2)
def _client_for(issuer: str, client_id: str, client_secret: str) -> Any:
    from authlib.integrations.django_client import OAuth

    scope = "openid email profile groups" if settings.OIDC_ALLOWED_GROUPS else "openid email profile"
    return OAuth().register(
        "oidc",
        client_id=client_id,
        client_secret=client_secret,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": scope, "code_challenge_method": "S256", "default_timeout": TIMEOUT_S},
    )


@contextlib.contextmanager
def _provider_errors() -> Iterator[None]:
    """Turn what the network, the provider and Authlib raise into an error with a sentence; the log has the cause."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException

    try:
        yield
    except RequestException as error:
        logger.warning("The OpenID Connect provider did not answer: %s", error)
        raise ProductError(
            "oidc_unavailable",
            gettext("%(provider)s does not answer: try again later, or sign in with a password.")
            % {"provider": settings.OIDC_NAME},
            HTTPStatus.BAD_GATEWAY,
        ) from error
    except (AuthlibBaseError, JoseError, KeyError, RuntimeError, TypeError, ValueError) as error:
        logger.warning("A sign-in with OpenID Connect failed: %s: %s", type(error).__name__, error)
        raise ProductError(
            "oidc_failed",
            gettext("The sign-in with %(provider)s was cancelled, took too long or could not be verified: try again.")
            % {"provider": settings.OIDC_NAME},
            HTTPStatus.FORBIDDEN,
        ) from error
