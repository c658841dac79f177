"""While a password is temporary, its user can only change it: with a session and with tokens."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.accounts.tokens import token_create
from classifier.accounts.users import password_set
from classifier.models import Person, Song
from tests.conftest import PASSWORD

OWN = "a new sesame, please"


@pytest.fixture
def token_client(anna: Person) -> Client:
    _, key = token_create(owner=anna, name="a script", now=timezone.now())
    return Client(headers={"authorization": f"Bearer {key}"})


@pytest.fixture(autouse=True)
def _temporary(anna: Person, song: Song, token_client: Client) -> None:
    password_set(user=anna, password=PASSWORD, temporary=True)


@pytest.fixture
def signed_in(anna: Person) -> Client:
    client = Client()
    response = client.post(reverse("login"), {"username": "anna", "password": PASSWORD})
    assert response.headers["Location"] == reverse("password")
    return client


def test_every_page_leads_to_the_page_that_changes_it(signed_in: Client, song: Song) -> None:
    for name, args in (("home", []), ("song-list", []), ("account", []), ("tokens", []), ("song-detail", [song.id])):
        assert signed_in.get(reverse(name, args=args)).headers["Location"] == reverse("password"), name
    assert signed_in.get(reverse("password")).status_code == 200


def test_nothing_can_be_done_with_the_session(signed_in: Client, song: Song) -> None:
    assert signed_in.post(reverse("song-delete", args=[song.id])).status_code == 403
    for response in (
        signed_in.get(reverse("predictions")),
        signed_in.get(reverse("songs-jsonl"), headers={"Accept": "application/json"}),
        signed_in.delete(reverse("prediction", args=[song.id])),
    ):
        assert (response.status_code, response.json()["error"]["code"]) == (403, "password_temporary")
    assert Song.objects.filter(id=song.id).exists()


def test_tokens_do_nothing_until_it_is_changed(signed_in: Client, token_client: Client, song: Song) -> None:
    calls = [reverse("predictions"), reverse("song-audio", args=[song.id]), reverse("songs-csv")]
    for address in calls:
        response = token_client.get(address)
        assert (response.status_code, response.json()["error"]["code"]) == (403, "password_temporary"), address
    form = {"old_password": PASSWORD, "new_password1": OWN, "new_password2": OWN}
    assert signed_in.post(reverse("password"), form).status_code == 302
    assert signed_in.get(reverse("home")).status_code == 200
    assert [token_client.get(address).status_code for address in calls] == [200, 200, 200]


def test_signing_out_and_health_checks_work(signed_in: Client) -> None:
    assert signed_in.get(reverse("health")).status_code == 200
    assert signed_in.post(reverse("logout")).headers["Location"] == reverse("login")


def test_who_comes_by_a_proxy_never_saw_it_and_is_not_asked(settings: Any, anna: Person) -> None:
    settings.REMOTE_USER_HEADER = "X-Remote-User"
    settings.REMOTE_USER_FROM = [ip_network("172.18.0.0/16")]
    client = Client(headers={"X-Remote-User": "anna"}, REMOTE_ADDR="172.18.0.2")
    assert client.get(reverse("home")).status_code == 200
    assert client.get(reverse("predictions")).status_code == 200
