"""The details of a result page: networks, features, vocabularies, genre rules, saliency maps."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from classifier.models import Song, Verdict
from ml.features.names import FEATURES
from tests.classifier.fake_analysis import FakeAnalyser
from tests.pages.conftest import Submit, full_result
from tests.pages.result_html import page, words


def test_both_networks_are_shown_with_their_agreement(anna_client: Client, analysed_song: Song) -> None:
    text = words(page(anna_client, analysed_song))
    assert "83 % agreement The networks mostly agree." in text
    assert "1D network Reads the sequence of 57 features" in text
    assert "Calm and Sad" in text


def test_the_result_of_one_network_can_be_shown(anna_client: Client, analysed_song: Song) -> None:
    headline = re.search(r"<h1>(.*?)</h1>", page(anna_client, analysed_song, model="cnn2d"), re.DOTALL).group(1)
    assert words(headline) == "Calm and Sad"


def test_an_unknown_network_is_rejected_with_its_name(anna_client: Client, analysed_song: Song) -> None:
    response = anna_client.get(reverse("song-detail", args=[analysed_song.id]), {"model": "cnn3d"})
    assert response.status_code == 400
    assert "“cnn3d”" in response.content.decode()


def test_features_are_shown_in_tables_with_their_units(
    anna_client: Client, analyser: FakeAnalyser, analyse_song: Submit
) -> None:
    analyser.result.answer = full_result() | {"features": {feature.name: 0.5 for feature in FEATURES}}
    html = page(anna_client, analyse_song())
    for name in {feature.name.removesuffix("_mean").removesuffix("_var") for feature in FEATURES}:
        assert f"<code>{name}</code>" in html
    assert "beats/min" in html


def test_a_single_networks_result_keeps_its_own_headline(anna_client: Client, analysed_song: Song) -> None:
    Song.objects.filter(id=analysed_song.id).update(
        verdict=Verdict.CORRECTED, actual_primary="tense", actual_secondary="sad"
    )
    html = page(anna_client, analysed_song, model="cnn2d")
    assert words(re.search(r"<h1>(.*?)</h1>", html, re.DOTALL).group(1)) == "Calm and Sad"
    assert "2D network only. Show the combined result" in words(html)


@pytest.mark.parametrize("name", ["networks", "vocabularies", "genres", "features", "song"])
def test_details_are_folded_and_have_an_anchor_inside(anna_client: Client, analysed_song: Song, name: str) -> None:
    html = page(anna_client, analysed_song)
    folded = next(
        part
        for part in re.findall(r"<details class=\"disclosure\".*?id=\"\w+\"", html, re.DOTALL)
        if f'id="{name}"' in part
    )
    assert " open" not in folded.partition(">")[0]


def test_another_vocabulary_is_shown_without_javascript_with_its_accuracy(
    anna_client: Client, analysed_song: Song
) -> None:
    html = page(anna_client, analysed_song, words="occasions", model="cnn1d")
    shown = re.search(r'<div class="vocabulary" data-panel="occasions">(.*?)</div>', html, re.DOTALL).group(1)
    assert "In this vocabulary the song is" in words(shown)
    assert "Not measured: there are no recordings with these labels." in words(shown)
    assert 'data-panel="energy" hidden' in html
    assert re.search(r"<details [^>]*data-vocabularies open>", html)
    assert 'href="?model=cnn1d&amp;words=energy#vocabularies"' in html


def test_an_unknown_vocabulary_is_rejected_with_its_name(anna_client: Client, analysed_song: Song) -> None:
    response = anna_client.get(reverse("song-detail", args=[analysed_song.id]), {"words": "weather"})
    assert response.status_code == 400
    assert "“weather”" in response.content.decode()


def test_each_genre_rule_shows_which_conditions_are_met(anna_client: Client, analysed_song: Song) -> None:
    html = page(anna_client, analysed_song)
    rules = re.search(r'<ul class="rules">(.*?)</section>', html, re.DOTALL).group(1)
    condition = r"(Met|Not met): Power and solemnity together in the upper half ; this song: (higher|lower) than \d+ %"
    assert re.search(condition, words(rules))
    assert re.search(r"Met: Only for a name where [^;]* ; this song: Calm but Powerful", words(rules))
    assert "Not met: " in words(rules)
    assert "None of the other rules holds." in words(rules)


def test_the_networks_are_compared_by_mood_and_by_passage(anna_client: Client, analysed_song: Song) -> None:
    text = words(page(anna_client, analysed_song))
    assert "They differ most on Sad (10 and 70 %), Calm (70 and 10 %)" in text
    assert "The same mood never has the highest score of both." in text
    assert "0:00–0:20 ○ Calm , ◆ Sad" in text
    assert "and both put Calm first. This supports the result." in text


def test_a_disagreement_of_the_networks_is_explained(
    anna_client: Client, analyser: FakeAnalyser, analyse_song: Submit
) -> None:
    analyser.result.answer = full_result() | {"agreement": 0.41}
    text = words(page(anna_client, analyse_song()))
    assert "41 % agreement The networks disagree: treat this result with care." in text
    assert "The networks disagree on this song. They use different inputs" in text
    assert "rely on your own judgement" in text


def test_saliency_maps_are_offered_for_the_sides_of_the_combined_result(
    anna_client: Client, analysed_song: Song
) -> None:
    html = page(anna_client, analysed_song, model="cnn2d")
    assert reverse("song-saliency", args=[analysed_song.id, "primary"]) in html
    assert "Saliency for Calm" in html
    assert "Saliency for Powerful" in html
