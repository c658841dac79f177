"""Whatever goes wrong is told in the product's own words, with a way back; and as JSON to programs."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from classifier.models import Person, Song

AS_JSON = {"accept": "application/json"}
WAY_BACK = 'href="/"'


def test_an_address_that_leads_nowhere(anna_client: Client) -> None:
    response = anna_client.get(reverse("song-detail", args=[uuid.UUID(int=7)]))
    assert response.status_code == 404
    html = response.content.decode()
    assert "There is nothing here" in html
    assert WAY_BACK in html


def test_another_persons_song_is_as_absent_as_none(boris_client: Client, heard: Song) -> None:
    response = boris_client.get(reverse("song-detail", args=[heard.id]))
    assert response.status_code == 404
    assert heard.display_title not in response.content.decode()


def test_a_page_that_is_somebody_elses_to_open(anna_client: Client) -> None:
    response = anna_client.get(reverse("people"))
    assert response.status_code == 403
    html = response.content.decode()
    assert "This is not yours to open" in html
    assert WAY_BACK in html
    assert anna_client.get(reverse("people"), headers=AS_JSON).json()["error"]["code"] == "forbidden"


def test_a_form_that_is_out_of_date(anna: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)
    response = client.post(reverse("demo-songs"))
    assert response.status_code == 403
    assert "This form is out of date" in response.content.decode()


def test_a_request_that_makes_no_sense(client: Client, db: None) -> None:
    response = client.get("/", headers={"host": "else where"})
    assert response.status_code == 400
    html = response.content.decode()
    assert "This request could not be read" in html
    assert WAY_BACK in html


@pytest.mark.parametrize("name", ["upload", "demo-songs", "songs-cancel"])
def test_an_address_that_only_takes_a_form_opened_like_a_page(anna_client: Client, name: str) -> None:
    """As happens to whoever is asked to sign in again while sending a form."""
    response = anna_client.get(reverse(name))
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    html = response.content.decode()
    assert "only accepts a form" in html
    assert WAY_BACK in html
    as_json = anna_client.get(reverse(name), headers=AS_JSON)
    assert (as_json.status_code, as_json.json()["error"]["code"]) == (405, "method_not_allowed")


def test_the_api_refuses_a_method_in_its_own_way(anna_client: Client) -> None:
    response = anna_client.get(reverse("predict"))
    assert response.status_code == 405
    assert response.json()["error"]["code"] == "method_not_allowed"
