"""Error pages have a message and a link back; programs get JSON."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from classifier.models import Person, Song

AS_JSON = {"accept": "application/json"}
LINK_BACK = 'href="/"'


def test_an_unknown_address_is_not_found(anna_client: Client) -> None:
    response = anna_client.get(reverse("song-detail", args=[uuid.UUID(int=7)]))
    assert response.status_code == 404
    html = response.content.decode()
    assert "Page not found" in html
    assert LINK_BACK in html


def test_a_song_of_another_user_is_not_found(boris_client: Client, analysed_song: Song) -> None:
    response = boris_client.get(reverse("song-detail", args=[analysed_song.id]))
    assert response.status_code == 404
    assert analysed_song.display_title not in response.content.decode()


def test_a_page_of_the_owner_is_forbidden_to_other_users(anna_client: Client) -> None:
    response = anna_client.get(reverse("users"))
    assert response.status_code == 403
    html = response.content.decode()
    assert "You have no access to this page" in html
    assert LINK_BACK in html
    assert anna_client.get(reverse("users"), headers=AS_JSON).json()["error"]["code"] == "forbidden"


def test_a_form_without_a_csrf_token_has_expired(anna: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)
    response = client.post(reverse("demo-songs"))
    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()


def test_a_malformed_request_is_a_bad_request(client: Client, db: None) -> None:
    response = client.get("/", headers={"host": "else where"})
    assert response.status_code == 400
    html = response.content.decode()
    assert "Bad request" in html
    assert LINK_BACK in html


@pytest.mark.parametrize("name", ["upload", "demo-songs", "songs-cancel"])
def test_an_address_for_forms_explains_itself_when_opened_as_a_page(anna_client: Client, name: str) -> None:
    """This happens to a user who has to sign in again while sending a form."""
    response = anna_client.get(reverse(name))
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    html = response.content.decode()
    assert "only accepts a form" in html
    assert LINK_BACK in html
    as_json = anna_client.get(reverse(name), headers=AS_JSON)
    assert (as_json.status_code, as_json.json()["error"]["code"]) == (405, "method_not_allowed")


def test_the_api_rejects_a_method_with_json(anna_client: Client) -> None:
    response = anna_client.get(reverse("predict"))
    assert response.status_code == 405
    assert response.json()["error"]["code"] == "method_not_allowed"
