"""The page of a song that was heard."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from classifier.door import MoodError
from classifier.models import Song
from ml.features.names import FEATURES
from tests.classifier.hearing import Ear, mood
from tests.pages.conftest import Submit, whole_answer


def page(client: Client, song: Song, **query: str) -> str:
    response = client.get(reverse("song-detail", args=[song.id]), query)
    assert response.status_code == 200
    return response.content.decode()


def words(html: str) -> str:
    """What a reader sees of a page: one line, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_composite_mood_is_the_headline_with_the_confidence_of_each_side(anna_client: Client, heard: Song) -> None:
    html = page(anna_client, heard)
    headline = re.search(r"<h1>(.*?)</h1>", html, re.DOTALL).group(1)
    assert words(headline) == "Calm but Powerful"
    assert "71 % likely" in words(html)
    assert "44 % possible" in words(html)
    assert "<title>Calm but Powerful: Nocturne" in html


def test_runners_up_genre_reasons_and_tags_are_told(anna_client: Client, heard: Song) -> None:
    text = words(page(anna_client, heard))
    assert "Calm and Tender 12 %" in text
    assert "Calm but Epic : calm, yet solemn" in text
    assert "Compared with the reference library:" in text
    assert "Speaks for Calm A slow beat" in text
    assert "Nocturne by Field" in text


def test_both_networks_stand_side_by_side_with_their_agreement(anna_client: Client, heard: Song) -> None:
    text = words(page(anna_client, heard))
    assert "83 % agreement. They mostly agree." in text
    assert "1D network Reads the 57 features" in text
    assert "Calm and Sad" in text


def test_one_network_alone_can_be_looked_at(anna_client: Client, heard: Song) -> None:
    headline = re.search(r"<h1>(.*?)</h1>", page(anna_client, heard, model="cnn2d"), re.DOTALL).group(1)
    assert words(headline) == "Calm and Sad"


def test_a_network_that_does_not_exist_is_refused_by_name(anna_client: Client, heard: Song) -> None:
    response = anna_client.get(reverse("song-detail", args=[heard.id]), {"model": "cnn3d"})
    assert response.status_code == 400
    assert "“cnn3d”" in response.content.decode()


def test_an_uncertain_mood_is_called_mixed_and_its_sides_candidates(
    anna_client: Client, ear: Ear, hear: Submit
) -> None:
    ear.heard.answer = whole_answer() | {
        "mood": mood() | {"name": "Mixed: Calm or Powerful", "confidence": 0.31, "certain": False}
    }
    text = words(page(anna_client, hear()))
    assert "Mixed: Calm or Powerful" in text
    assert "No mood stands out enough to be stated" in text


def test_the_features_stand_in_tables_with_their_units(anna_client: Client, ear: Ear, hear: Submit) -> None:
    ear.heard.answer = whole_answer() | {"features": {feature.name: 0.5 for feature in FEATURES}}
    html = page(anna_client, hear())
    for name in {feature.name.removesuffix("_mean").removesuffix("_var") for feature in FEATURES}:
        assert f"<code>{name}</code>" in html
    assert "beats/min" in html


def test_the_moods_over_time_can_be_heard_without_a_script(anna_client: Client, heard: Song) -> None:
    html = page(anna_client, heard)
    assert f'<audio controls preload="metadata" src="{reverse("song-audio", args=[heard.id])}"' in html
    assert f'href="{reverse("song-passage", args=[heard.id])}?start=0.00&amp;end=20.00"' in html


def test_what_the_person_hears_stands_beside_the_prediction(anna_client: Client, heard: Song) -> None:
    Song.objects.filter(id=heard.id).update(actual_primary="tension", actual_secondary="sadness")
    text = words(page(anna_client, heard))
    assert "You hear Tense and Sad" in text
    assert "Calm but Powerful" in text


def test_a_warning_about_the_file_is_shown(anna_client: Client, ear: Ear, hear: Submit) -> None:
    ear.heard.warnings = [{"code": "audio_truncated", "message": "The file broke off after 93 s."}]
    assert "The file broke off after 93 s." in page(anna_client, hear())


def test_a_result_outlives_the_model_that_made_it(
    anna_client: Client, heard: Song, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(network: str, answer: object, version: str) -> None:
        raise MoodError("model_missing", "The model mood-1 is not installed.")

    monkeypatch.setattr("classifier.door.seen_by", missing)
    text = words(page(anna_client, heard))
    assert "Calm but Powerful" in text
    assert "is no longer installed" in text
    assert anna_client.get(reverse("song-detail", args=[heard.id]), {"model": "cnn1d"}).status_code == 503


def test_names_are_text_and_never_markup(anna_client: Client, heard: Song) -> None:
    Song.objects.filter(id=heard.id).update(title="<script>alert(1)</script>", artist='"><img src=x>')
    html = page(anna_client, heard)
    assert "<script>alert" not in html
    assert "<img src=x>" not in html


def test_the_page_keeps_to_the_content_security_policy(anna_client: Client, heard: Song) -> None:
    html = page(anna_client, heard)
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\bsrc=)", html)


def test_a_page_of_a_long_song_asks_the_database_no_more_often(
    anna_client: Client, ear: Ear, hear: Submit, django_assert_num_queries: Callable
) -> None:
    ear.heard.answer = whole_answer(segments=400)
    ear.heard.duration_s = 2005.0
    address = reverse("song-detail", args=[hear().id])
    # Session, person, song, analysis with its detail, segments.
    with django_assert_num_queries(5):
        anna_client.get(address)


def test_nobody_sees_what_is_another_s(boris_client: Client, heard: Song) -> None:
    assert boris_client.get(reverse("song-detail", args=[heard.id])).status_code == 404
