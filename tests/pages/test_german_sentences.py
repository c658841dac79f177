"""Sentences that views, forms and services make, in German: errors, filters, reasons, times."""

from __future__ import annotations

import html
import json
import re

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.translation import override

from classifier.accounts.security_log import record_event
from classifier.charts.model_quality.term_metrics import term_metrics
from classifier.charts.model_quality.training_data import training_data
from classifier.models import Person, SecurityEvent, Song, Status
from classifier.script_texts import script_texts
from classifier.views.queue_summary import left_text
from tests.pages.conftest import Submit, full_result


@pytest.fixture
def german_client(anna_client: Client) -> Client:
    anna_client.cookies["language"] = "de"
    return anna_client


def shown(client: Client, address: str) -> str:
    return html.unescape(client.get(address).content.decode())


def test_a_file_that_is_no_audio_is_rejected_in_german(german_client: Client) -> None:
    file = SimpleUploadedFile("notes.txt", b"Some notes about the rehearsal.")
    response = german_client.post(reverse("upload"), {"file": file})
    page = html.unescape(response.content.decode())
    assert response.status_code == 415
    assert "Die Datei ist eine Textdatei; lade einen Song als mp3, wav" in page
    for_script = german_client.post(
        reverse("upload"),
        {"file": SimpleUploadedFile("notes.txt", b"Some notes.")},
        headers={"accept": "application/json"},
    )
    assert for_script.json()["error"]["code"] == "not_audio"
    assert for_script.json()["error"]["message"].startswith("Die Datei ist eine Textdatei")


def test_a_filter_with_an_invalid_value_says_so_in_german(german_client: Client) -> None:
    page = shown(german_client, reverse("song-list") + "?valence_from=12&sort=fastest")
    assert "valence_from ist „12“. Erlaubt ist: eine Zahl von 1 bis 9." in page
    assert "Schnellste zuerst" in page


def test_a_result_page_gives_reasons_in_german(german_client: Client, analysed_song: Song) -> None:
    page = shown(german_client, reverse("song-detail", args=[analysed_song.id]))
    english = [*full_result()["explanations"].values(), *(one["text"] for one in full_result()["reasons"])]
    assert english
    assert [text for text in english if text in page] == []
    assert not re.search(r"than \d+ % of songs", page)
    assert re.search(r"als \d+ % der Songs", page) or "Durchschnittlich" in page or "durchschnittlich" in page


def test_why_a_song_failed_is_told_in_german(german_client: Client, submit: Submit) -> None:
    song = submit(mark=3)
    message = "All 12 s of the file are silent; upload a song that is not silent."
    Song.objects.filter(id=song.id).update(status=Status.FAILED, error_code="audio_silent", error_message=message)
    sentence = "Alle 12 s der Datei sind still; lade einen Song hoch, der nicht still ist."
    assert sentence in shown(german_client, reverse("song-detail", args=[song.id]))
    assert sentence in shown(german_client, reverse("song-list"))
    # Programs read what is stored.
    assert german_client.get(f"/api/v1/songs/{song.id}/").json()["error"]["message"] == message


def test_the_time_that_is_left_is_german() -> None:
    with override("de"):
        assert [left_text(seconds) for seconds in (3, 12, 60, 400, 5400)] == [
            "noch einige Sekunden",
            "noch etwa 10 Sekunden",
            "noch etwa 1 Minute",
            "noch etwa 7 Minuten",
            "noch etwa 1,5 Stunden",
        ]


def test_a_wrong_password_is_rejected_in_german(client: Client, db: None) -> None:
    client.cookies["language"] = "de"
    response = client.post(reverse("login"), {"username": "nobody", "password": "wrong"}, follow=True)
    assert response.status_code == 200
    page = html.unescape(response.content.decode())
    assert "Falscher Name oder falsches Passwort." in page or "Einrichtungstoken" in page


def test_scripts_get_their_texts_in_german(german_client: Client) -> None:
    page = german_client.get(reverse("home")).content.decode()
    block = re.search(r'<script id="script-texts" type="application/json">(.*?)</script>', page)
    assert block is not None
    texts = json.loads(block[1])
    assert texts["Connection lost"] == "Verbindung verloren"
    assert texts["%(count)s more file queued."] == [
        "Noch %(count)s Datei in der Warteschlange.",
        "Noch %(count)s Dateien in der Warteschlange.",
    ]


def test_english_pages_carry_no_catalogue(anna_client: Client) -> None:
    assert "script-texts" not in anna_client.get(reverse("home")).content.decode()
    assert script_texts() == {}


def test_the_log_of_an_account_is_german(german_client: Client, anna: Person) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    request = RequestFactory().get("/", headers={"user-agent": agent})
    record_event(SecurityEvent.Kind.TOKEN_CREATED, anna, request, by=anna, name="name", scopes="read write")
    record_event(SecurityEvent.Kind.EXPORTED, anna, request, by=anna, what="songs as csv")
    record_event(SecurityEvent.Kind.QUOTA_CHANGED, anna, by=anna, songs="default to 1,000")
    record_event(SecurityEvent.Kind.SIGNED_IN, anna, by=anna, method="password and code")
    page = shown(german_client, reverse("account"))
    for text in (
        "Firefox unter Linux", "Name: name, Rechte: read write", "Was: Songs als csv", "Songs: Vorgabe auf 1.000",
        "Methode: Passwort und Code",
    ):  # fmt: skip
        assert text in page
    # What is stored, and what programs read, stays English.
    assert SecurityEvent.objects.get(kind="exported").details == {"what": "songs as csv"}


def test_the_card_of_each_model_is_german() -> None:
    english = re.compile(r"\b(the|of|and|with|for|are|is|than)\b")
    for folder in sorted(path.parent for path in settings.MODEL_BUNDLES_DIR.glob("*/card.json")):
        card = json.loads((folder / "card.json").read_text())
        with override("de"):
            data = training_data(card)
            names = [example.name for term in term_metrics(card) for example in term.examples]
        assert [text for text in (*data.limitations, *names) if english.search(text)] == []
        assert not english.search(data.licence.partition(")")[2])
