"""Connecting a music server, and changing its address: nothing is stored that was not tried, and no password goes to
another server than the one that it was entered for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from classifier.models import Person, ScanStatus, Source, SourceKind
from classifier.sources.opensubsonic import OpenSubsonicServer
from classifier.sources.secrets import decrypt, encrypt
from tests.classifier.sources.connections import PASSWORD
from tests.classifier.sources.subsonic_stub import SubsonicStub
from tests.classifier.sources.web_servers import WebServer, web_server
from tests.source_songs import add_songs, add_source

pytestmark = pytest.mark.django_db(transaction=True)

NEW_SERVER = {
    "kind": "opensubsonic",
    "address": "http://127.0.0.1:1",
    "username": "anna",
    "secret": "wrong pass",
    "name": "Navidrome",
}


@pytest.fixture
def web() -> Iterator[WebServer]:
    OpenSubsonicServer._ways.clear()
    with web_server(SubsonicStub()) as web:
        yield web


@pytest.fixture
def other_web() -> Iterator[WebServer]:
    """Another server, with the same account."""
    with web_server(SubsonicStub()) as web:
        yield web


@pytest.fixture
def source(anna: Person, web: WebServer) -> Source:
    source = add_source(
        anna,
        kind=SourceKind.OPENSUBSONIC,
        address=f"{web.address}/music",
        username="anna",
        encrypted_secret=encrypt(PASSWORD),
        scan_status=ScanStatus.DONE,
    )
    add_songs(source, 2)
    return source


def change(client: Client, source: Source, **values: str) -> tuple[int, str]:
    """The status and the page after the form is sent."""
    form = {"form": "connection", "address": source.address, "username": source.username, "secret": ""} | values
    response = client.post(reverse("source-edit", args=[source.id]), form)
    return response.status_code, response.content.decode()


def stored(source: Source) -> tuple[str, str, str]:
    source.refresh_from_db()
    return source.address, source.username, decrypt(source.encrypted_secret)


def test_a_server_that_does_not_answer_is_not_added_and_the_form_says_why(anna_client: Client) -> None:
    response = anna_client.post(reverse("source-add-server"), NEW_SERVER)
    html = response.content.decode()
    assert response.status_code == 400
    assert 'id="id_address_error"' in html
    assert not Source.objects.exists()
    assert "wrong pass" not in html


def test_the_fields_of_a_server_have_labels(anna_client: Client) -> None:
    html = anna_client.get(reverse("source-add-server")).content.decode()
    for field in ("kind", "address", "username", "secret", "name"):
        assert f'for="id_{field}"' in html


def test_the_form_shows_the_address_and_not_the_password(anna_client: Client, source: Source) -> None:
    html = anna_client.get(reverse("source-edit", args=[source.id])).content.decode()
    assert f'value="{source.address}"' in html
    assert PASSWORD not in html
    assert source.encrypted_secret not in html


def test_another_path_of_the_server_keeps_the_stored_password(anna_client: Client, source: Source) -> None:
    before = source.address
    Source.objects.filter(id=source.id).update(address=before.removesuffix("/music") + "/old")
    source.refresh_from_db()
    assert change(anna_client, source, address=before)[0] == 302
    assert stored(source) == (before, "anna", PASSWORD)
    assert source.scan_status == ScanStatus.WAITING
    assert source.locations.count() == 2


def test_the_stored_password_is_not_sent_to_another_server(
    anna_client: Client, source: Source, other_web: WebServer
) -> None:
    before = stored(source)
    status, html = change(anna_client, source, address=f"{other_web.address}/music")
    assert status == 400
    assert "The new address is another server: enter the password again." in html
    assert 'id="id_secret_error"' in html
    assert other_web.requests == []
    assert stored(source) == before


def test_another_server_is_stored_with_the_password_that_was_entered_for_it(
    anna_client: Client, source: Source, web: WebServer, other_web: WebServer
) -> None:
    address = f"{other_web.address}/music"
    assert change(anna_client, source, address=address, secret=PASSWORD)[0] == 302
    assert stored(source) == (address, "anna", PASSWORD)
    assert web.requests == []
    assert source.locations.count() == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"address": "{address}/nowhere"}, "address"),
        ({"address": "ftp://music.example.org"}, "address"),
        ({"secret": "wrong pass"}, "secret"),
        ({"address": "https://{host}/music"}, "secret"),
    ],
)
def test_a_connection_that_does_not_work_changes_nothing(
    anna_client: Client, source: Source, values: dict[str, str], field: str
) -> None:
    before = stored(source)
    host = before[0].split("/")[2]
    values = {name: value.format(address=before[0], host=host) for name, value in values.items()}
    status, html = change(anna_client, source, **values)
    assert status == 400
    assert f'id="id_{field}_error"' in html
    assert stored(source) == before
    assert source.scan_status == ScanStatus.DONE


def test_the_address_of_another_source_is_refused(anna_client: Client, anna: Person, source: Source) -> None:
    other = add_source(anna, "Other", kind=SourceKind.OPENSUBSONIC, address=f"{source.address}/2", username="anna")
    status, html = change(anna_client, source, address=other.address)
    assert status == 400
    assert "You have this source already, as “Other”" in html


def test_a_folder_has_no_connection(anna_client: Client, anna: Person) -> None:
    folder = add_source(anna)
    assert change(anna_client, folder, address="http://127.0.0.1:1", secret="x")[0] == 400
    assert stored(folder) == ("/music/Music", "", "")
    assert "Connection" not in anna_client.get(reverse("source-edit", args=[folder.id])).content.decode()
