"""Signing in by a header of the proxy: only from named addresses."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from classifier.models import Person, SecurityEvent, UserSession

PROXY, STRANGER = "172.18.0.2", "203.0.113.9"


@pytest.fixture(autouse=True)
def _switched_on(settings: Any, olga: Person) -> None:
    settings.REMOTE_USER_HEADER = "X-Remote-User"
    settings.REMOTE_USER_FROM = [ip_network("172.18.0.0/16")]


def client_of(name: str, address: str = PROXY, **headers: str) -> Client:
    return Client(headers={"X-Remote-User": name, **headers}, REMOTE_ADDR=address)


def test_whom_the_proxy_names_is_signed_in(anna: Person) -> None:
    client = client_of("ANNA")
    assert client.get(reverse("home")).status_code == 200
    assert client.get(reverse("account")).context["user"] == anna
    assert UserSession.objects.filter(person=anna).count() == 1
    assert SecurityEvent.objects.filter(person=anna, kind="signed_in").count() == 1


@pytest.mark.parametrize("address", [STRANGER, "", "::1"])
def test_nobody_else_is_believed(anna: Person, address: str) -> None:
    client = client_of("anna", address, **{"X-Forwarded-For": PROXY, "X-Real-IP": PROXY})
    assert client.get(reverse("home")).status_code == 302
    assert client.get(reverse("predictions")).status_code == 401


def test_the_address_of_the_connection_counts_and_not_that_of_a_header(settings: Any, anna: Person) -> None:
    settings.TRUST_PROXY = True
    client = client_of("anna", STRANGER, **{"X-Forwarded-For": PROXY})
    assert client.get(reverse("home")).status_code == 302


def test_it_is_off_unless_it_is_configured(settings: Any, anna: Person) -> None:
    settings.REMOTE_USER_HEADER = ""
    assert client_of("anna").get(reverse("home")).status_code == 302


def test_when_the_header_stops_the_session_ends(anna: Person) -> None:
    client = client_of("anna")
    client.get(reverse("home"))
    client.defaults.pop("HTTP_X_REMOTE_USER", None)
    client.headers = {}
    assert client.get(reverse("home"), REMOTE_ADDR=PROXY).status_code == 302


def test_another_name_is_another_person(anna: Person, boris: Person) -> None:
    client = client_of("anna")
    client.get(reverse("home"))
    response = client.get(reverse("account"), headers={"X-Remote-User": "boris"})
    assert response.context["user"] == boris


def test_an_unknown_name_gets_in_only_where_sign_up_is_open(settings: Any) -> None:
    assert client_of("carl").get(reverse("home")).status_code == 403
    assert not Person.objects.filter(username="carl").exists()
    settings.SIGN_UP = "open"
    assert client_of("carl").get(reverse("home")).status_code == 200
    assert not Person.objects.get(username="carl").has_usable_password()


def test_a_deactivated_account_stays_closed(anna: Person) -> None:
    Person.objects.filter(id=anna.id).update(is_active=False)
    assert client_of("anna").get(reverse("home")).status_code == 403


def test_the_api_takes_it_without_a_session(anna: Person) -> None:
    assert client_of("anna").get(reverse("predictions")).status_code == 200
    assert not UserSession.objects.exists()


def test_first_run_setup_comes_first(settings: Any) -> None:
    settings.SIGN_UP = "open"
    Person.objects.all().delete()
    response = client_of("anna").get(reverse("home"), follow=True)
    assert response.redirect_chain[-1][0] == reverse("setup")
    assert not Person.objects.exists()
