"""Setup, signing in, users and API tokens."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from classifier.models import ApiToken, Person
from tests.conftest import PASSWORD

FORM = {"username": "olga", "password": PASSWORD, "password_again": PASSWORD}


def text(response) -> str:
    return response.content.decode()


def test_the_first_visit_creates_the_owners_account(client: Client, db: None) -> None:
    first = client.get("/", follow=True)
    assert first.redirect_chain[-1][0] == reverse("setup")
    welcome = client.post(reverse("setup"), FORM, follow=True)
    assert welcome.redirect_chain == [(reverse("home"), 302)]
    assert Person.objects.get().is_owner
    assert "olga" in text(welcome)


def test_the_owners_account_is_created_only_once(client: Client, olga: Person) -> None:
    for response in (client.get(reverse("setup")), client.post(reverse("setup"), FORM | {"username": "eve"})):
        assert response.headers["Location"] == reverse("login")
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"password_again": "something else"}, "The two passwords differ"),
        ({"password": "short", "password_again": "short"}, "at least 10 characters"),
        ({"username": "two words"}, "Enter a valid username"),
        ({"username": ""}, "This field is required"),
    ],
)
def test_an_invalid_setup_form_shows_its_errors(client: Client, db: None, wrong: dict, sentence: str) -> None:
    response = client.post(reverse("setup"), FORM | wrong)
    assert response.status_code == 400
    assert sentence in text(response)
    assert not Person.objects.exists()


def test_a_public_installation_asks_for_the_setup_token(client: Client, db: None, settings) -> None:
    settings.REQUIRE_SETUP_TOKEN = True
    assert "Setup token" in text(client.get(reverse("setup")))
    response = client.post(reverse("setup"), FORM | {"setup_token": "guessed"})
    assert response.status_code == 403
    assert "Wrong setup token" in text(response)
    assert not Person.objects.exists()
    token = (settings.DATA_DIR / "setup_token").read_text().strip()
    client.post(reverse("setup"), FORM | {"setup_token": token})
    assert Person.objects.get().is_owner


def test_signing_in_leads_to_the_requested_page(client: Client, anna: Person) -> None:
    response = client.get(reverse("song-list"))
    assert response.headers["Location"] == f"{reverse('login')}?next={reverse('song-list')}"
    form = {"username": "anna", "password": PASSWORD, "next": reverse("song-list")}
    assert client.post(reverse("login"), form).headers["Location"] == reverse("song-list")


def test_a_wrong_password_and_an_unknown_user_get_the_same_message(client: Client, anna: Person) -> None:
    known = text(client.post(reverse("login"), {"username": "anna", "password": "guess"}))
    unknown = text(client.post(reverse("login"), {"username": "nobody", "password": "guess"}))
    sentence = "Wrong name or password."
    assert sentence in known
    assert sentence in unknown


def test_signing_out_ends_the_session(anna_client: Client) -> None:
    anna_client.post(reverse("logout"))
    assert anna_client.get(reverse("home")).status_code == 302


def test_a_user_changes_their_password_and_stays_signed_in(anna: Person, anna_client: Client) -> None:
    new = "another sesame, please"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert "Your password is changed" in text(anna_client.post(reverse("password"), form, follow=True))
    anna.refresh_from_db()
    assert anna.check_password(new)


def test_the_owner_adds_a_user_with_a_password_that_is_shown_once(olga_client: Client) -> None:
    page = text(olga_client.post(reverse("users"), {"username": "carl"}))
    password = re.search(r'<code class="secret">(.+?)</code>', page).group(1)
    carl = Person.objects.get(username="carl")
    assert carl.check_password(password)
    assert not carl.is_owner
    assert password not in text(olga_client.get(reverse("users")))


def test_a_taken_name_is_rejected(olga_client: Client, anna: Person) -> None:
    response = olga_client.post(reverse("users"), {"username": "anna"})
    assert response.status_code == 409
    assert "There is already a user “anna”" in text(response)


def test_the_owner_sets_a_new_password_which_ends_the_old_sessions(
    olga_client: Client, anna: Person, anna_client: Client
) -> None:
    page = text(olga_client.post(reverse("user-password", args=[anna.id])))
    password = re.search(r'<code class="secret">(.+?)</code>', page).group(1)
    anna.refresh_from_db()
    assert anna.check_password(password)
    assert anna_client.get(reverse("home")).status_code == 302


def test_only_the_owner_manages_users(anna_client: Client, olga: Person) -> None:
    assert anna_client.get(reverse("users")).status_code == 403
    assert anna_client.post(reverse("users"), {"username": "carl"}).status_code == 403
    assert anna_client.post(reverse("user-password", args=[olga.id])).status_code == 403
    assert not Person.objects.filter(username="carl").exists()


def test_a_token_is_shown_once_and_opens_the_api(anna_client: Client) -> None:
    page = text(anna_client.post(reverse("tokens"), {"name": "Backup script"}))
    key = re.search(r"mmc_[\w-]+", page).group()
    assert key not in text(anna_client.get(reverse("tokens")))
    bearer = {"Authorization": f"Bearer {key}"}
    assert Client().get(reverse("predictions"), headers=bearer).status_code == 200
    anna_client.post(reverse("token-revoke", args=[ApiToken.objects.get().id]))
    assert Client().get(reverse("predictions"), headers=bearer).status_code == 401


def test_a_user_cannot_revoke_the_token_of_another(anna_client: Client, boris_client: Client) -> None:
    anna_client.post(reverse("tokens"), {"name": "Anna's player"})
    boris_client.post(reverse("token-revoke", args=[ApiToken.objects.get().id]))
    assert ApiToken.objects.exists()
    assert "Anna" not in text(boris_client.get(reverse("tokens")))
