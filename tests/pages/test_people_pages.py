"""The pages of users and of the own account, invitations and sign-up."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classifier.models import Invitation, Person, Song
from tests.conftest import PASSWORD
from tests.pages.conftest import Submit

NEW = {"password": "a new sesame, please", "password_again": "a new sesame, please"}


def text(response: Any) -> str:
    return response.content.decode()


def names(page: str) -> list[str]:
    return re.findall(r'<td><a href="/people/\d+/">([^<]+)</a>', page)


def test_the_list_is_searched_by_name_address_and_state(olga_client: Client, anna: Person, boris: Person) -> None:
    Person.objects.filter(id=boris.id).update(is_active=False, email="b@example.org")
    users = reverse("users")
    assert names(text(olga_client.get(users))) == ["olga", "anna", "boris"]
    assert names(text(olga_client.get(f"{users}?q=ANN"))) == ["anna"]
    assert names(text(olga_client.get(f"{users}?q=b@example"))) == ["boris"]
    assert names(text(olga_client.get(f"{users}?state=deactivated"))) == ["boris"]
    assert names(text(olga_client.get(f"{users}?state=owner"))) == ["olga"]
    assert "No user matches" in text(olga_client.get(f"{users}?q=nobody"))


def test_the_list_shows_what_each_user_stores(olga_client: Client, anna: Person, submit: Submit) -> None:
    submit(1)
    page = text(olga_client.get(f"{reverse('users')}?q=anna"))
    assert '<td class="soft number">1</td>' in page


def test_a_long_list_has_pages(olga_client: Client) -> None:
    Person.objects.bulk_create(Person(username=f"user{n:03}", name_key=f"user{n:03}") for n in range(60))
    assert len(names(text(olga_client.get(reverse("users"))))) == 50
    assert len(names(text(olga_client.get(f"{reverse('users')}?page=2")))) == 11


def test_only_owners_open_these_pages(anna_client: Client, boris: Person) -> None:
    for name in ("user", "user-export", "user-delete"):
        assert anna_client.get(reverse(name, args=[boris.id])).status_code == 403, name
    actions = (
        "rename",
        "email",
        "password",
        "active",
        "owner",
        "sessions-end",
        "tokens-revoke",
        "second-factor-remove",
    )
    for action in actions:
        assert anna_client.post(reverse(f"user-{action}", args=[boris.id])).status_code == 403, action
    assert anna_client.post(reverse("user-delete", args=[boris.id]), {"password": PASSWORD}).status_code == 403
    assert Person.objects.filter(username="boris", is_active=True, is_superuser=False).exists()


def test_a_temporary_password_leads_to_one_of_ones_own(olga_client: Client) -> None:
    page = text(olga_client.post(reverse("users"), {"username": "carl", "way": "password"}))
    password = re.search(r'<code class="secret">(.+?)</code>', page)[1]
    carl = Client()
    response = carl.post(reverse("login"), {"username": "carl", "password": password})
    assert response.headers["Location"] == reverse("password")
    new = NEW["password"]
    carl.post(reverse("password"), {"old_password": password, "new_password1": new, "new_password2": new})
    response = Client().post(reverse("login"), {"username": "carl", "password": new})
    assert response.headers["Location"] == reverse("home")


def invite(olga_client: Client, username: str = "carl") -> str:
    page = text(olga_client.post(reverse("users"), {"username": username, "way": "invitation"}))
    return re.search(r'<code class="secret">http://testserver(.+?)</code>', page)[1]


def test_the_link_of_an_invitation_begins_with_https_where_users_come_by_it(olga_client: Client, settings: Any) -> None:
    settings.HTTPS = True
    page = text(olga_client.post(reverse("users"), {"username": "carl", "way": "invitation"}))
    assert '<code class="secret">https://testserver/invitation/' in page


def test_an_invitation_creates_the_account_once(olga_client: Client) -> None:
    link = invite(olga_client)
    assert "Open invitations" in text(olga_client.get(reverse("users")))
    secret = link.split("/")[2]
    assert secret not in text(olga_client.get(reverse("users")))
    assert secret not in str(Invitation.objects.values())
    carl = Client()
    assert "Welcome, carl" in text(carl.get(link))
    assert carl.post(link, NEW).headers["Location"] == reverse("home")
    assert text(carl.get(reverse("account"))).count("<strong>carl</strong>") == 1
    again = Client().post(link, NEW)
    assert (again.status_code, again.context["code"]) == (410, "invitation_invalid")
    assert Person.objects.count() == 2


def test_an_invitation_expires_and_can_be_revoked(olga_client: Client) -> None:
    expired, revoked = invite(olga_client, "carl"), invite(olga_client, "dora")
    Invitation.objects.filter(username="carl").update(expires_at=timezone.now() - timedelta(seconds=1))
    olga_client.post(reverse("invitation-revoke", args=[Invitation.objects.get(username="dora").id]))
    for link in (expired, revoked, reverse("invitation", args=["guessed"])):
        assert Client().get(link).status_code == 410
        assert Client().post(link, NEW).status_code == 410
    assert Person.objects.count() == 1


def test_who_is_invited_without_a_name_chooses_it_where_that_is_allowed(olga_client: Client, settings: Any) -> None:
    form = {"username": "", "way": "invitation"}
    assert olga_client.post(reverse("users"), form).status_code == 400
    settings.SIGN_UP = "invitation"
    link = invite(olga_client, "")
    response = Client().post(link, NEW | {"username": "OLGA"})
    assert response.status_code == 409
    assert Client().post(link, NEW | {"username": "carl"}).headers["Location"] == reverse("home")


def test_sign_up_is_closed_unless_it_is_opened(client: Client, olga: Person, settings: Any) -> None:
    form = NEW | {"username": "carl"}
    for rule in ("off", "invitation"):
        settings.SIGN_UP = rule
        assert client.get(reverse("sign-up")).status_code == 403
        assert client.post(reverse("sign-up"), form).status_code == 403
        assert "Create one" not in text(client.get(reverse("login")))
    settings.SIGN_UP = "open"
    assert "Create one" in text(client.get(reverse("login")))
    assert client.post(reverse("sign-up"), form).headers["Location"] == reverse("home")
    assert not Person.objects.get(username="carl").is_owner


def test_one_address_creates_only_some_accounts(olga: Person, settings: Any) -> None:
    settings.SIGN_UP = "open"
    statuses = [Client().post(reverse("sign-up"), NEW | {"username": f"u{n}"}).status_code for n in range(9)]
    assert statuses == [302] * 8 + [429]


def test_open_sign_up_does_not_take_the_place_of_the_owner(client: Client, db: None, settings: Any) -> None:
    settings.SIGN_UP = "open"
    assert client.post(reverse("sign-up"), NEW | {"username": "eve"}).status_code == 403
    assert not Person.objects.exists()


def test_the_owner_deletes_an_account_after_giving_the_password(
    olga_client: Client, anna: Person, submit: Submit
) -> None:
    submit(1)
    address = reverse("user-delete", args=[anna.id])
    assert "1 song" in text(olga_client.get(address))
    assert olga_client.post(address, {"password": "wrong"}).status_code == 400
    assert Person.objects.filter(id=anna.id).exists()
    olga_client.post(address, {"password": PASSWORD, "songs": "keep", "store": "1"})
    assert not Person.objects.filter(id=anna.id).exists()
    assert Song.objects.get().owner.username == "olga"


def test_closing_the_own_account_asks_for_the_password(anna: Person, anna_client: Client, submit: Submit) -> None:
    submit(1)
    page = text(anna_client.get(reverse("account-close")))
    assert reverse("account-export") in page
    assert anna_client.post(reverse("account-close"), {"password": "wrong"}).status_code == 400
    assert Song.objects.exists()
    response = anna_client.post(reverse("account-close"), {"password": PASSWORD}, follow=True)
    assert "deleted" in text(response)
    assert not Song.objects.exists()
    assert not Person.objects.filter(username="anna").exists()
    assert anna_client.get(reverse("home")).status_code == 302


def test_the_last_owner_cannot_leave(olga_client: Client, olga: Person) -> None:
    response = olga_client.post(reverse("account-close"), {"password": PASSWORD})
    assert response.status_code == 409
    assert "only active owner" in text(response)
    for action in ("active", "owner"):
        page = olga_client.post(reverse(f"user-{action}", args=[olga.id]), follow=True)
        assert "only active owner" in text(page)
    olga.refresh_from_db()
    assert (olga.is_active, olga.is_owner) == (True, True)


def test_an_export_is_downloaded(anna_client: Client, olga_client: Client, anna: Person, submit: Submit) -> None:
    submit(1)
    for client, address in (
        (anna_client, reverse("account-export")),
        (olga_client, f"{reverse('user-export', args=[anna.id])}?audio=1"),
    ):
        response = client.get(address)
        assert response.headers["Content-Disposition"].startswith('attachment; filename="countermood-anna-')
        assert b"".join(response.streaming_content).startswith(b"PK")


def test_the_account_page_shows_what_protects_the_account(anna_client: Client) -> None:
    page = text(anna_client.get(reverse("account")))
    for words in ("Second factor", "Where you are signed in", "Recent security events", "Close this account"):
        assert words in page
    assert "Signed in" in page


@pytest.mark.parametrize("address", ["https://example.org/", "//example.org", "/\\example.org"])
def test_no_page_leads_to_another_site(anna_client: Client, address: str) -> None:
    session = anna_client.session
    session["confirmed_at"] = 0
    session.save()
    response = anna_client.post(reverse("confirm"), {"password": PASSWORD, "next": address})
    assert response.headers["Location"] == reverse("account")
