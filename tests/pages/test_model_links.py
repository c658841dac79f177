"""Links from a result to the accuracy and the terms of its model."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ml.moods import MOODS
from tests.pages.evaluated_card import evaluated_card
from tests.pages.result_html import words


def moods_linked(html: str) -> Iterator[str]:
    return (match.group(1) for match in re.finditer(r'href="/how-good/#mood-([\w-]+)"', html))


@pytest.fixture(autouse=True)
def in_use(analysed_song: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model of the song is in use, and its card is the test card."""
    settings.MODEL_BUNDLE = analysed_song.analysis.model_version
    monkeypatch.setattr("classifier.ml_gateway.installed", lambda version: True)
    monkeypatch.setattr("classifier.ml_gateway.model_card", lambda version="": evaluated_card())


@pytest.fixture
def html(anna_client: Client, analysed_song: Any, in_use: None) -> str:
    return anna_client.get(reverse("song-detail", args=[analysed_song.id])).content.decode()


def test_each_mood_links_to_its_precision(html: str) -> None:
    headline = re.search(r"<h1>(.*?)</h1>", html, re.DOTALL).group(1)
    assert list(moods_linked(headline)) == ["calm", "powerful"]
    assert set(moods_linked(html)) == set(MOODS)


def test_each_mood_of_an_alternative_is_linked(html: str) -> None:
    assert 'href="/how-good/#mood-tender"' in html.partition("Alternatives")[2].partition("</ul>")[0]


def test_each_mood_in_the_table_of_passages_is_linked(html: str) -> None:
    table = re.search(r'<table class="data-table passages">.*?</table>', html, re.DOTALL).group()
    rows = table.partition("<tbody")[2].count("<tr>")
    assert rows
    assert list(moods_linked(table)) == ["calm", "powerful"] * rows
    assert table.count("data-passage ") == rows
    assert "Calm but Powerful" in words(table)


def test_the_mood_genre_links_to_its_frequency(html: str) -> None:
    assert 'href="/how-good/#genre-CalmButEpic"' in html


def test_the_model_links_to_its_accuracy_and_its_terms(html: str) -> None:
    text = words(html)
    assert ": how accurate is it? Trained on research data, so not free for every use ." in text
    assert 'href="/how-good/#terms"' in html


def test_a_result_of_another_installed_model_links_to_that_model(
    anna_client: Client, analysed_song: Any, settings: Any
) -> None:
    settings.MODEL_BUNDLE = "mood-10"
    html = anna_client.get(reverse("song-detail", args=[analysed_song.id])).content.decode()
    assert f'href="/how-good/?version={analysed_song.analysis.model_version}#mood-calm"' in html


def test_a_result_of_a_removed_model_has_no_links(
    anna_client: Client, analysed_song: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.ml_gateway.installed", lambda version: False)
    html = anna_client.get(reverse("song-detail", args=[analysed_song.id])).content.decode()
    assert list(moods_linked(html)) == []
    assert "which is no longer installed" in words(html)


def test_the_navigation_links_to_the_page(anna_client: Client) -> None:
    html = anna_client.get(reverse("home")).content.decode()
    assert words(re.search(r'<a href="/how-good/".*?</a>', html, re.DOTALL).group()) == "Accuracy"
