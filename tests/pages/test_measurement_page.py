"""The page "Measured on your music": figures by mood, files of others, kappa, and the recalibration's buttons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from classifier.library.measurement import measurement, own_labels, pair_agreement
from classifier.models import Person, Recalibration, RecalibrationKind, RecalibrationState, Song
from tests.judged_songs import FIGURES
from tests.pages.conftest import NOW, Judge
from tests.pages.test_result_page import words

PAGE = "/corrections/measured/"


@pytest.fixture
def fitted(anna: Person) -> Recalibration:
    return Recalibration.objects.create(
        owner=anna,
        number=3,
        base_version="mood-5",
        state=RecalibrationState.BETTER,
        parameters={"terms": {"tense": {"bias": 0.8, "temperature": 1.1}}},
        figures=FIGURES,
        created_at=NOW,
        fitted_at=NOW,
    )


def shown(client: Client) -> str:
    response = client.get(PAGE)
    assert response.status_code == 200
    return words(response.content.decode())


def send(client: Client, **files: str) -> Any:
    return client.post(PAGE, {name: SimpleUploadedFile(f"{name}.csv", text.encode()) for name, text in files.items()})


def csv_of(*rows: tuple[Song, str, str]) -> str:
    lines = [f"{song.id},{first},{second}" for song, first, second in rows]
    return "\n".join(["id,actual_primary,actual_secondary", *lines])


def test_few_songs_give_no_figures(anna_client: Client, judge: Judge) -> None:
    judge("calm")
    text = shown(anna_client)
    assert "You have judged 1 of 10 songs" in text
    assert "Precision" not in text


def test_counts_by_term(anna: Person, boris: Person, judge: Judge) -> None:
    for _ in range(6):
        judge("calm", "powerful")
    judge("sad", "calm")
    judge("sad")
    judge()
    judge("calm", owner=boris)
    measured = measurement(anna, own_labels(anna))
    calm, sad = measured.terms["calm"], measured.terms["sad"]
    assert (measured.songs, measured.only_rejected) == (9, 1)
    # The rejected name counts as wrong.
    assert (calm.hits, calm.only_named, calm.only_stated) == (7, 2, 0)
    assert (sad.hits, sad.only_named, sad.only_stated) == (0, 0, 2)
    assert measured.main_moods == {("calm", "calm"): 6, ("sad", "calm"): 2}
    assert sum(one.count for one in measured.chance_bins) == 8 * 16


def test_a_rejection_of_an_earlier_result_says_nothing(anna: Person, judge: Judge) -> None:
    judge(verdict_at=NOW - timedelta(days=9))
    assert measurement(anna, own_labels(anna)).songs == 0


def test_figures_have_their_intervals(anna_client: Client, judge: Judge) -> None:
    for _ in range(8):
        judge("calm")
    for _ in range(4):
        judge("sad")
    text = shown(anna_client)
    assert "Your moods for 12 songs, compared with the results of mood-5" in text
    assert "67 % (39 to 86 %)" in text  # precision of calm: 8 of 12 (Wilson)
    assert "80 %" in text  # its F1
    assert "differ by" in text
    assert "Most frequent confusion: you say Sad, the analysis says Calm" in text


def test_a_file_of_another_person_is_measured_and_not_stored(anna_client: Client, judge: Judge) -> None:
    songs = [judge("calm") for _ in range(12)]
    response = send(anna_client, file=csv_of(*((song, "sad", "") for song in songs[:10]), (songs[10], "calm", "")))
    text = words(response.content.decode())
    assert "The moods of file.csv for 11 songs" in text
    assert "Nothing of the file is stored" in text
    assert set(Song.objects.values_list("actual_primary", flat=True)) == {"calm"}
    assert "both state moods: 11" in text


def test_kappa_of_two_files(anna: Person, anna_client: Client, judge: Judge) -> None:
    songs = [judge("calm") for _ in range(10)]
    one = [(song, "calm" if number < 5 else "sad", "") for number, song in enumerate(songs)]
    other = [(song, "calm" if number < 6 else "sad", "") for number, song in enumerate(songs)]
    text = words(send(anna_client, file=csv_of(*one), other_file=csv_of(*other)).content.decode())
    assert "Cohen’s kappa of the main mood is 0.80" in text
    labels = [{song.id: (mood,) for song, mood, _ in rows} for rows in (one, other)]
    agreement = pair_agreement(*labels)
    assert agreement.kappa == pytest.approx(0.8)
    assert agreement.terms["sad"].kappa == pytest.approx(0.8)
    assert agreement.terms["tense"].kappa is None


def test_files_without_songs_of_mine_are_refused(anna_client: Client, boris: Person, judge: Judge) -> None:
    other = judge("calm", owner=boris)
    response = send(anna_client, file=csv_of((other, "sad", "")))
    assert response.status_code == 400
    assert "No row of file.csv states moods for a song of your library" in words(response.content.decode())
    assert "The request has no file" in words(anna_client.post(PAGE).content.decode())


def test_too_few_judgements_are_named(anna_client: Client, judge: Judge) -> None:
    judge("calm")
    assert "From 50 songs on, it can be fitted" in shown(anna_client)
    response = anna_client.post(reverse("recalibration"), {"action": "fit", "kind": "terms"})
    assert response.status_code == 409
    assert "for which you have stated moods: 1, and 50 are needed" in words(response.content.decode())


def test_a_better_one_is_offered_with_its_figures(anna_client: Client, fitted: Recalibration) -> None:
    text = shown(anna_client)
    assert "mood-5+me-3 is better on songs that it was not fitted to" in text
    assert "+0.060 (+0.040 to +0.080)" in text
    assert "has a log loss of 0.360" in text
    answer = anna_client.post(reverse("recalibration"), {"action": "on", "number": "3"}, follow=True)
    assert "mood-5+me-3 is switched on" in words(answer.content.decode())
    fitted.refresh_from_db()
    assert (fitted.is_active, fitted.is_applying) == (True, True)
    anna_client.post(reverse("recalibration"), {"action": "off"})
    fitted.refresh_from_db()
    assert (fitted.is_active, fitted.is_applying) == (False, True)


def test_a_worse_one_is_shown_and_has_no_button(anna_client: Client, fitted: Recalibration) -> None:
    figures = FIGURES | {"better": False, "reasons": ["no_better_than_guess"]}
    Recalibration.objects.update(state=RecalibrationState.NOT_BETTER, figures=figures)
    html = anna_client.get(PAGE).content.decode()
    assert "is not offered: its chances say no more about a song than how often you use each mood" in words(html)
    assert 'value="on"' not in html


def test_a_stranger_cannot_switch_it(client: Client, boris: Person, fitted: Recalibration) -> None:
    client.force_login(boris)
    assert client.post(reverse("recalibration"), {"action": "on", "number": "3"}).status_code == 404
    assert "mood-5+me-3" not in client.get(PAGE).content.decode()
    assert client.get(reverse("v1-recalibration", args=[3])).status_code == 404


def test_one_that_is_fitted_now_says_so(anna_client: Client, fitted: Recalibration) -> None:
    Recalibration.objects.update(state=RecalibrationState.WAITING, figures={}, kind=RecalibrationKind.READOUT)
    assert "mood-5+me-3 is being fitted" in shown(anna_client)


def test_the_api_has_the_same(anna_client: Client, judge: Judge, fitted: Recalibration) -> None:
    for _ in range(3):
        judge("calm", "powerful")
    measured = anna_client.get(reverse("v1-measurement")).json()
    assert measured["songs"] == 3
    assert measured["terms"]["calm"] == {
        "named": 3, "stated": 3, "hits": 3, "precision": 1.0, "recall": 1.0, "f1": 1.0,
    }  # fmt: skip
    [one] = anna_client.get(reverse("v1-recalibrations")).json()["results"]
    assert (one["version"], one["state"], one["is_active"]) == ("mood-5+me-3", "better", False)
    address = reverse("v1-recalibration", args=[3])
    switched = anna_client.patch(address, {"is_active": True}, "application/json").json()
    assert (switched["is_active"], switched["is_applying"]) == (True, True)
    assert anna_client.patch(address, {"is_active": False}, "application/json").json()["is_active"] is False
    refused = anna_client.post(reverse("v1-recalibrations"), {"kind": "terms"}, "application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "recalibration_too_few")
