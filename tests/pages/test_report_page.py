"""The report of a song."""

import re

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from classifier.ml_gateway import model_card
from classifier.models import Person, Song, Status
from tests.classifier.fake_analysis import mood
from tests.pages.result_html import words
from tests.pages.test_compare_page import with_result
from tests.shelf import shelve


def open_report(client: Client, song: Song) -> HttpResponse:
    return client.get(reverse("song-report", args=[song.id]))


def report(client: Client, song: Song) -> str:
    response = open_report(client, song)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def harbour(anna: Person) -> Song:
    song = shelve(anna, "Harbour", artist="Anna", finished_at="2026-05-04T09:00:00Z")
    return with_result(
        song,
        reasons=[
            {"mood": "calm", "feature": "tempo_bpm", "text": "slower than 80 % of songs", "effect": 0.2},
            {"mood": "calm", "feature": "rms_mean", "text": "louder than 60 % of songs", "effect": -0.1},
            {"mood": "powerful", "feature": "mode", "text": "in A minor", "effect": 0.1},
            {"mood": "powerful", "feature": "onsets_per_s", "text": "busier than 80 % of songs", "effect": None},
        ],
        features={"tempo_bpm": 92.3, "key": 9.0, "mode": 0.0},
        explanations={},
    )


def test_the_report_contains_the_whole_result(anna_client: Client, harbour: Song) -> None:
    text = words(report(anna_client, harbour))
    for expected in (
        "Harbour by Anna",
        "Calm but Powerful",
        "71 % likely",
        "44 % possible",
        "Valence 6.1 and arousal 3.4, of 1 to 9: pleasant, quiet.",
        "Calm but Epic: calm, yet solemn",
        "83 % agreement. The networks mostly agree.",
        "1D network: Calm but Powerful",
        "1:00, 92 BPM, A minor",
        "4 May 2026",
        f"model {settings.MODEL_BUNDLE}",
        model_card()["limitations"][0],
        harbour.sha256,
    ):
        assert expected in text, expected


def test_each_side_has_its_supporting_reasons(anna_client: Client, harbour: Song) -> None:
    html = report(anna_client, harbour)
    calm, power = (words(part) for part in re.findall(r'<div class="sheet-side.*?</div>', html, re.DOTALL))
    assert "Slower than 80 % of songs" in calm
    assert "louder than" not in calm.lower()
    assert "In A minor" in power
    assert "Busier than 80 % of songs" in power


def test_the_explanation_of_a_side_takes_the_place_of_its_reasons(anna_client: Client, harbour: Song) -> None:
    with_result(harbour, explanations={"primary": "Calm, since it is slow.", "secondary": ""})
    calm, power = (
        words(part) for part in re.findall(r'<div class="sheet-side.*?</div>', report(anna_client, harbour), re.DOTALL)
    )
    assert "Calm, since it is slow." in calm
    assert "Slower than" not in calm
    assert "In A minor" in power


def test_what_listeners_feel_is_on_the_sheet(anna_client: Client, harbour: Song) -> None:
    assert "Listeners feel calmness 70 % , power 40 % " in words(report(anna_client, harbour))


def test_reasons_of_older_results_belong_to_the_first_side(anna_client: Client, harbour: Song) -> None:
    with_result(harbour, reasons=[{"feature": "tempo_bpm", "text": "a slow beat", "effect": 0.2}])
    calm, power = (
        words(part) for part in re.findall(r'<div class="sheet-side.*?</div>', report(anna_client, harbour), re.DOTALL)
    )
    assert "A slow beat" in calm
    assert "A slow beat" not in power


def test_the_users_feedback_is_shown(anna_client: Client, harbour: Song) -> None:
    assert "Your feedback" not in report(anna_client, harbour)
    anna_client.post(reverse("song-verdict", args=[harbour.id]), {"verdict": "corrected", "primary": "tense"})
    assert "Your feedback Tense" in words(report(anna_client, harbour))
    anna_client.post(reverse("song-verdict", args=[harbour.id]), {"verdict": "disagreed"})
    assert "Your feedback You disagree" in words(report(anna_client, harbour))


def test_an_uncertain_result_is_reported_as_mixed(anna_client: Client, harbour: Song) -> None:
    with_result(harbour, mood=mood() | {"name": "Mixed: Calm or Powerful", "certain": False})
    assert "No mood is clear enough to be stated." in report(anna_client, harbour)


def test_a_report_is_available_after_its_model_was_removed(anna_client: Client, harbour: Song) -> None:
    analysis = harbour.analysis
    analysis.model_version = "mood-gone"
    analysis.save()
    text = words(report(anna_client, harbour))
    assert "83 % agreement" in text
    assert "1D network:" not in text
    assert "Limitations" not in text


def test_the_waveform_has_the_colours_of_both_sides(anna_client: Client, harbour: Song) -> None:
    detail = harbour.analysis.detail
    detail.waveform = [10, 60, 100, 40]
    detail.save()
    wave = report(anna_client, harbour).partition('class="sheet-wave"')[2].partition("</svg>")[0]
    assert re.findall(r'<path class="mood-(\w+)"', wave) == ["calm", "powerful"]


def test_a_song_without_waveform_or_features_has_a_report(anna_client: Client, harbour: Song) -> None:
    with_result(harbour, features={}, reasons=[])
    html = report(anna_client, harbour)
    assert "sheet-wave" not in html
    assert "BPM" not in html


def test_an_unfinished_song_has_no_report(anna_client: Client, anna: Person) -> None:
    response = open_report(anna_client, shelve(anna, "Soon", status=Status.QUEUED))
    assert response.status_code == 409
    assert "“Soon” has not been analysed yet" in response.content.decode()


def test_the_report_of_another_user_is_not_found(boris_client: Client, harbour: Song) -> None:
    assert open_report(boris_client, harbour).status_code == 404


def test_names_are_escaped_and_the_page_complies_with_the_content_security_policy(
    anna_client: Client, harbour: Song
) -> None:
    Song.objects.filter(id=harbour.id).update(title="<script>alert(1)</script>", file_name='"><img src=x>.wav')
    html = report(anna_client, harbour)
    assert "<script>alert" not in html
    assert "<img src=x>" not in html
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\bsrc=)", html)
