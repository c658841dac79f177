"""Signing in with OpenID Connect, against a provider of the tests that signs its tokens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from joserfc.jwk import RSAKey

from classifier.accounts.invitations import invitation_create
from classifier.models import OidcIdentity, Person, SecurityEvent
from tests.classifier.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, running_provider


@pytest.fixture
def provider(settings: Any, olga: Person) -> Iterator[Provider]:
    with running_provider() as provider:
        settings.OIDC_ISSUER = provider.address
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
        settings.OIDC_NAME = "Family ID"
        yield provider


def sign_in(client: Client, provider: Provider, start: str = "oidc-login") -> Any:
    location = client.get(reverse(start)).headers["Location"]
    assert location.startswith(f"{provider.address}/authorize?")
    return client.get(provider.authorize(location))


def user_of(client: Client) -> str:
    return client.get(reverse("home")).context["user"].username if client.get(reverse("home")).context else ""


def code_of(response: Any) -> str:
    return response.context["code"]


def test_a_verified_address_signs_in_to_its_account_and_links_it(
    client: Client, provider: Provider, anna: Person
) -> None:
    Person.objects.filter(id=anna.id).update(email="Anna@Example.org")
    assert sign_in(client, provider).headers["Location"] == reverse("home")
    assert user_of(client) == "anna"
    assert OidcIdentity.objects.get().person == anna
    # From now on the subject counts, whatever the address is.
    provider.claims["email"] = "new@example.org"
    again = Client()
    sign_in(again, provider)
    assert user_of(again) == "anna"


@pytest.mark.parametrize("verified", [False, None, "no"])
def test_an_unverified_address_opens_no_account(
    client: Client, provider: Provider, anna: Person, verified: object
) -> None:
    Person.objects.filter(id=anna.id).update(email="anna@example.org")
    provider.claims["email_verified"] = verified
    response = sign_in(client, provider)
    assert (response.status_code, code_of(response)) == (403, "oidc_unknown")
    assert user_of(client) == ""


def test_sign_up_rules_apply(client: Client, provider: Provider, settings: Any, anna: Person, olga: Person) -> None:
    provider.claims |= {"email": "new@example.org", "preferred_username": "Anna"}
    assert code_of(sign_in(client, provider)) == "oidc_unknown"
    settings.SIGN_UP = "open"
    sign_in(client, provider)
    assert user_of(client) == "Anna-2"
    person = Person.objects.get(username="Anna-2")
    assert (person.email, person.has_usable_password(), person.is_owner) == ("new@example.org", False, False)


def test_an_invitation_lets_somebody_new_in_once(client: Client, provider: Provider, olga: Person) -> None:
    provider.claims |= {"sub": "subject-9", "email": "carl@example.org", "preferred_username": "whoever"}
    _, secret = invitation_create(by=olga, username="carl", now=timezone.now())
    assert "Continue with Family ID" in client.get(reverse("invitation", args=[secret])).content.decode()
    sign_in(client, provider)
    assert user_of(client) == "carl"
    assert client.get(reverse("invitation", args=[secret])).status_code == 410


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "another-application"},
        {"iss": "https://elsewhere.example.org"},
        {"nonce": "another"},
        {"exp": 1_000_000_000},
        {"sub": ""},
    ],
    ids=str,
)
def test_a_token_with_a_wrong_claim_is_refused(client: Client, provider: Provider, settings: Any, wrong: dict) -> None:
    settings.SIGN_UP = "open"
    provider.in_token = wrong
    response = sign_in(client, provider)
    assert (response.status_code, code_of(response)) == (403, "oidc_failed")
    assert user_of(client) == ""


def test_a_token_with_another_signature_is_refused(client: Client, provider: Provider, settings: Any) -> None:
    settings.SIGN_UP = "open"
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"})
    assert code_of(sign_in(client, provider)) == "oidc_failed"
    assert user_of(client) == ""


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(
    client: Client, provider: Provider, settings: Any
) -> None:
    settings.SIGN_UP = "open"
    location = Client().get(reverse("oidc-login")).headers["Location"]
    assert code_of(client.get(provider.authorize(location))) == "oidc_failed"


def test_user_information_about_somebody_else_is_refused(client: Client, provider: Provider, settings: Any) -> None:
    settings.SIGN_UP = "open"
    del provider.claims["email"]
    provider.in_userinfo = {"sub": "somebody else", "email": "olga@example.org", "email_verified": True}
    assert code_of(sign_in(client, provider)) == "oidc_failed"


def test_only_allowed_domains_and_groups_get_in(client: Client, provider: Provider, settings: Any) -> None:
    settings.SIGN_UP = "open"
    settings.OIDC_ALLOWED_DOMAINS = ["example.com"]
    assert code_of(sign_in(client, provider)) == "oidc_not_allowed"
    settings.OIDC_ALLOWED_DOMAINS = ["EXAMPLE.org"]
    settings.OIDC_ALLOWED_GROUPS = ["music"]
    assert code_of(sign_in(client, provider)) == "oidc_not_allowed"
    provider.claims["groups"] = ["office", "music"]
    assert sign_in(client, provider).status_code == 302


def test_a_deactivated_account_stays_closed(client: Client, provider: Provider, anna: Person) -> None:
    Person.objects.filter(id=anna.id).update(email="anna@example.org", is_active=False)
    assert code_of(sign_in(client, provider)) == "account_inactive"


def test_the_provider_is_linked_from_the_account_page_and_not_taken_from_another(
    provider: Provider, anna_client: Client, boris_client: Client, anna: Person
) -> None:
    assert sign_in(anna_client, provider, "oidc-connect").headers["Location"] == reverse("account")
    assert OidcIdentity.objects.get().person == anna
    assert code_of(sign_in(boris_client, provider, "oidc-connect")) == "oidc_linked_elsewhere"
    anna_client.post(reverse("oidc-disconnect"))
    assert not OidcIdentity.objects.exists()
    kinds = set(SecurityEvent.objects.filter(person=anna).values_list("kind", flat=True))
    assert {"sign_in_linked", "sign_in_unlinked"} <= kinds


def test_an_account_without_a_password_keeps_its_only_way_in(client: Client, provider: Provider, settings: Any) -> None:
    settings.SIGN_UP = "open"
    sign_in(client, provider)
    page = client.post(reverse("oidc-disconnect"), follow=True).content.decode()
    assert "Set a password first" in page
    assert OidcIdentity.objects.exists()


def test_a_provider_that_does_not_answer_is_named(client: Client, settings: Any, olga: Person) -> None:
    with running_provider() as gone:
        address = gone.address
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = address, CLIENT_ID, CLIENT_SECRET
    response = client.get(reverse("oidc-login"))
    assert (response.status_code, code_of(response)) == (502, "oidc_unavailable")


def test_without_an_issuer_there_is_no_such_page(client: Client, olga: Person) -> None:
    assert client.get(reverse("oidc-login")).status_code == 404
    assert client.get(reverse("oidc-callback")).status_code == 404
