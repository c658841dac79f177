"""Result pages of older models, and of models that are not installed any more."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from classifier.ml_gateway import MoodError
from classifier.models import Analysis, AnalysisDetail, Song
from ml.moods import EMOTIONS
from tests.classifier.fake_analysis import FakeAnalyser, older_answer, older_mood, older_scores
from tests.pages.conftest import Submit
from tests.pages.result_html import headline, page, words


@pytest.fixture
def older_song(analyser: FakeAnalyser, analyse_song: Submit) -> Song:
    """Analysed by a model that knew the nine emotions only."""
    scores = older_scores("amazement")
    one = older_mood("amazement") | {"name": "Wondrous and Powerful", "joined_by": "and"}
    networks = {"models": {"cnn1d": scores, "cnn2d": older_scores("sadness")}}
    analyser.result.model_version = "mood-3"
    analyser.result.answer = older_answer() | {"mood": one, "scores": scores} | networks
    for segment in analyser.result.answer["segments"]:
        segment |= {"mood": one, "scores": scores} | networks
    return analyse_song()


def test_an_older_result_keeps_its_name_and_offers_a_new_analysis(anna_client: Client, older_song: Song) -> None:
    html = page(anna_client, older_song)
    assert words(re.search(r"<h1>(.*?)</h1>", html, re.DOTALL).group(1)) == "Wondrous and Powerful"
    assert "Analysed by mood-3, which knew nine moods. Analyse again for the sixteen." in words(html)
    again = reverse("song-again", args=[older_song.id])
    assert f'action="{again}"' in headline(html)
    assert "have it among the two moods that listeners chose most often" in words(html)


def test_the_charts_of_an_older_result_are_its_nine_emotions_under_their_terms(
    anna_client: Client, older_song: Song
) -> None:
    html = page(anna_client, older_song)
    moods = words(html.partition('id="moods"')[2].partition("</section>")[0])
    assert "How many of a hundred listeners are expected to feel each." in moods
    assert re.findall(r"([A-Z]\w+) (\d+) % \(1D", moods)[:2] == [("Dreamy", "70"), ("Powerful", "40")]
    assert moods.count("(1D network") == len(EMOTIONS)
    assert "What listeners feel" not in moods
    assert "70 in a hundred listeners are expected to feel it" in words(html)
    wave = re.search(r"<svg class=\"waveform.*?</svg>", html, re.DOTALL).group()
    assert re.findall(r"<g class=\"mood-(\w+)\">", wave) == ["dreamy", "powerful"]


def test_an_older_result_has_no_saliency_maps_since_its_networks_are_gone(
    anna_client: Client, older_song: Song
) -> None:
    html = page(anna_client, older_song)
    assert "data-saliency-side" not in html
    assert '<img class="spectrogram"' in html


def test_a_current_result_offers_no_new_analysis_in_its_headline(anna_client: Client, analysed_song: Song) -> None:
    assert "Analyse again" not in words(headline(page(anna_client, analysed_song)))


def test_a_result_is_shown_after_its_model_was_removed(
    anna_client: Client, analysed_song: Song, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(network: str, answer: object, version: str) -> None:
        raise MoodError("model_missing", "The model mood-1 is not installed.")

    monkeypatch.setattr("classifier.ml_gateway.network_view", missing)
    text = words(page(anna_client, analysed_song))
    assert "Calm but Powerful" in text
    assert "is no longer installed" in text
    assert anna_client.get(reverse("song-detail", args=[analysed_song.id]), {"model": "cnn1d"}).status_code == 503


def test_without_its_model_only_dependent_parts_are_missing(anna_client: Client, analysed_song: Song) -> None:
    Analysis.objects.update(model_version="mood-0")
    html = page(anna_client, analysed_song)
    assert "Compared with the reference library:" in words(html)
    assert "data-vocabulary" not in html
    assert anna_client.get(reverse("song-detail", args=[analysed_song.id]), {"words": "energy"}).status_code == 503


def test_an_older_analysis_says_which_parts_are_missing(anna_client: Client, older_song: Song) -> None:
    AnalysisDetail.objects.update(waveform=[])
    html = page(anna_client, older_song)
    first, second = (words(part) for part in re.findall(r"<article class=\"mood-side(.*?)</article>", html, re.DOTALL))
    assert "A slow beat" in first
    assert "analysed before the second mood had reasons" in second
    assert 'class="waveform"' not in html
    assert 'class="mood-timeline"' in html
